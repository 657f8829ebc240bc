// One layer of an LSTM in one direction as one node of the graph. libtorch records some twenty operations for each moment; here a moment is one
// matrix product, four elementwise calls and a loop, and the gradients of the weights are two products over all moments together.
#include "lstm.h"
#include <torch/csrc/autograd/custom_function.h>

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

// a: the gates before their functions, [n, 4h] in torch's order i, f, g, o; in place. c := f·c0 + i·g.
void cell(const at::Tensor& a, const at::Tensor& c0, const at::Tensor& c, int64_t h) {
    auto in = a.narrow(1, 0, 2 * h), candidate = a.narrow(1, 2 * h, h), out = a.narrow(1, 3 * h, h);
    in.sigmoid_();
    candidate.tanh_();
    out.sigmoid_();
    const float *gates = a.data_ptr<float>(), *old = c0.data_ptr<float>();
    float* next = c.data_ptr<float>();
    for (int64_t r = 0; r < a.size(0); r++, gates += 4 * h, old += h, next += h) {
#pragma GCC ivdep
        for (int64_t j = 0; j < h; j++) next[j] = gates[h + j] * old[j] + gates[j] * gates[2 * h + j];
    }
}

struct Layer : torch::autograd::Function<Layer> {
    // x: [time, n, inputs]. Returns the states [time, n, h], the last state and the last cell.
    static variable_list forward(AutogradContext* context, at::Tensor x, at::Tensor h0, at::Tensor c0, at::Tensor wi, at::Tensor wh, at::Tensor b, bool reverse) {
        const auto time = x.size(0), n = x.size(1), h = wh.size(1);
        auto gates = at::addmm(b, x.reshape({time * n, -1}), wi.t()).view({time, n, 4 * h});
        auto states = at::empty({time + 1, n, h}, x.options()), cells = at::empty({time + 1, n, h}, x.options()), squashed = at::empty({time, n, h}, x.options());
        states[0].copy_(h0), cells[0].copy_(c0);
        const auto turned = wh.t();
        for (int64_t k = 0; k < time; k++) {
            auto a = gates[reverse ? time - 1 - k : k];
            a.addmm_(states[k], turned);
            cell(a, cells[k], cells[k + 1], h);
            auto s = squashed[k], next = states[k + 1];
            at::tanh_out(s, cells[k + 1]);
            at::mul_out(next, a.narrow(1, 3 * h, h), s);
        }
        context->save_for_backward({x, wi, wh, gates, states, cells, squashed});
        context->saved_data["reverse"] = reverse;
        auto y = states.narrow(0, 1, time);
        return {reverse ? y.flip(0) : y.clone(), states[time].clone(), cells[time].clone()};
    }

    static variable_list backward(AutogradContext* context, variable_list grads) {
        TORCH_CHECK(!at::GradMode::is_enabled(), "an LSTM layer can be differentiated once only");
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &wi = saved[1], &wh = saved[2], &gates = saved[3], &states = saved[4], &cells = saved[5], &squashed = saved[6];
        const bool reverse = context->saved_data["reverse"].toBool();
        const auto time = x.size(0), n = x.size(1), h = wh.size(1);
        auto da = at::empty_like(gates);
        auto dh = grads[1].defined() ? grads[1].clone() : at::zeros({n, h}, x.options());
        auto dc = grads[2].defined() ? grads[2].contiguous().clone() : at::zeros({n, h}, x.options());
        for (int64_t k = time - 1; k >= 0; k--) {
            const auto t = reverse ? time - 1 - k : k;
            if (grads[0].defined()) dh.add_(grads[0][t]);
            dh = dh.contiguous();
            const float *g = gates[t].data_ptr<float>(), *old = cells[k].data_ptr<float>(), *s = squashed[k].data_ptr<float>(), *up = dh.data_ptr<float>();
            float *d = da[t].data_ptr<float>(), *down = dc.data_ptr<float>();
            for (int64_t r = 0; r < n; r++, g += 4 * h, d += 4 * h, old += h, s += h, up += h, down += h) {
#pragma GCC ivdep
                for (int64_t j = 0; j < h; j++) {
                    const float i = g[j], f = g[h + j], c = g[2 * h + j], o = g[3 * h + j];
                    const float dcell = down[j] + up[j] * o * (1 - s[j] * s[j]);
                    d[j] = dcell * c * i * (1 - i);
                    d[h + j] = dcell * old[j] * f * (1 - f);
                    d[2 * h + j] = dcell * i * (1 - c * c);
                    d[3 * h + j] = up[j] * s[j] * o * (1 - o);
                    down[j] = dcell * f;
                }
            }
            if (k > 0 || context->needs_input_grad(1)) dh = da[t].mm(wh);
        }
        const auto flat = da.view({time * n, 4 * h});
        auto before = states.narrow(0, 0, time);
        if (reverse) before = before.flip(0);
        return {
            context->needs_input_grad(0) ? flat.mm(wi).view_as(x) : at::Tensor(), context->needs_input_grad(1) ? dh : at::Tensor(), dc, flat.t().mm(x.reshape({time * n, -1})),
            flat.t().mm(before.reshape({time * n, h})), flat.sum(0), at::Tensor(),
        };
    }
};

}  // namespace

bool lstm_is_fast(const at::Tensor& x, const std::vector<at::Tensor>& states, bool bias) {
    return bias && x.scalar_type() == at::kFloat && x.dim() == 3 && x.numel() > 0 && states[0].is_contiguous();
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> lstm(const at::Tensor& input, const std::vector<at::Tensor>& states, const std::vector<at::Tensor>& weights, int layers,
                                                    double dropout, bool training, bool both, bool batch_first) {
    auto x = batch_first ? input.transpose(0, 1) : input;
    std::vector<at::Tensor> last, cells;
    size_t w = 0;
    const int directions = both ? 2 : 1;
    for (int layer = 0; layer < layers; layer++) {
        std::vector<at::Tensor> sides;
        for (int d = 0; d < directions; d++, w += 4) {
            const int at = layer * directions + d;
            auto out = Layer::apply(x, states[0][at], states[1][at], weights[w], weights[w + 1], weights[w + 2] + weights[w + 3], d == 1);
            sides.push_back(out[0]), last.push_back(out[1]), cells.push_back(out[2]);
        }
        x = both ? at::cat(sides, 2) : sides[0];
        if (dropout > 0 && training && layer + 1 < layers) x = at::dropout(x, dropout, true);
    }
    return {batch_first ? x.transpose(0, 1) : x, at::stack(last), at::stack(cells)};
}
