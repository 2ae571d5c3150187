// Probability distributions that the comparisons of histograms need.
#pragma once

#include <cstdint>

namespace dv8::node {

double NormalCdf(double x);
// Student's t with `degrees` of freedom: P(T <= t), and the t below which a share `p` lies.
double StudentCdf(double t, double degrees);
double StudentQuantile(double p, double degrees);
// P(X <= k) for `n` trials that succeed with probability `p`.
double BinomialCdf(int64_t k, int64_t n, double p);

}  // namespace dv8::node
