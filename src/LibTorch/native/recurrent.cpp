// Recurrent networks over whole sequences, batch first.
#include "lstm.h"

enum Cell { TANH_CELL, RELU_CELL, LSTM_CELL, GRU_CELL };

// states: h0 (and c0 of an LSTM). out: the outputs of the last layer, h_n (and c_n).
HPO_API void hpo_recurrent(Handle x, Handle* states, Handle* weights, int n, bool bias, int layers, double dropout, bool training, bool both, bool batch_first,
                           int cell, Handle* out) {
    guarded_void([&] {
        const auto w = list(weights, n);
        if (cell == LSTM_CELL) {
            const auto start = list(states, 2);
            auto [y, h, c] = lstm_is_fast(*x, start, bias) ? lstm(*x, start, w, layers, dropout, training, both, batch_first)
                                                           : at::lstm(*x, start, w, bias, layers, dropout, training, both, batch_first);
            out[0] = wrap(y), out[1] = wrap(h), out[2] = wrap(c);
            return;
        }
        auto [y, h] = cell == GRU_CELL ? at::gru(*x, *states[0], w, bias, layers, dropout, training, both, batch_first)
            : cell == RELU_CELL ? at::rnn_relu(*x, *states[0], w, bias, layers, dropout, training, both, batch_first)
                                : at::rnn_tanh(*x, *states[0], w, bias, layers, dropout, training, both, batch_first);
        out[0] = wrap(y), out[1] = wrap(h);
    });
}
