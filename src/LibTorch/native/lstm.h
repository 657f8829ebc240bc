// An LSTM whose layers are one node of the graph each; see lstm.cpp.
#pragma once
#include "hpotorch.h"

// Whether lstm takes these; libtorch's own takes the rest.
bool lstm_is_fast(const at::Tensor& x, const std::vector<at::Tensor>& states, bool bias);

std::tuple<at::Tensor, at::Tensor, at::Tensor> lstm(const at::Tensor& x, const std::vector<at::Tensor>& states, const std::vector<at::Tensor>& weights, int layers,
                                                    double dropout, bool training, bool both, bool batch_first);
