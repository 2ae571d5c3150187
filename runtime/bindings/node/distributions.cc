#include "runtime/bindings/node/distributions.h"

#include <math.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace dv8::node {
namespace {

// The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method.
double BetaFraction(double a, double b, double x) {
  constexpr double kTiny = 1e-30;
  constexpr double kPrecision = 3e-12;
  constexpr int kMaxSteps = 200;
  const auto keep_off_zero = [](double value) { return std::fabs(value) < kTiny ? kTiny : value; };
  double numerator = 1;
  double denominator = 1 / keep_off_zero(1 - (a + b) * x / (a + 1));
  double fraction = denominator;
  for (int m = 1; m <= kMaxSteps; m++) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    denominator = 1 / keep_off_zero(1 + even * denominator);
    numerator = keep_off_zero(1 + even / numerator);
    fraction *= denominator * numerator;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    denominator = 1 / keep_off_zero(1 + odd * denominator);
    numerator = keep_off_zero(1 + odd / numerator);
    const double step = denominator * numerator;
    fraction *= step;
    if (std::fabs(step - 1) <= kPrecision) break;
  }
  return fraction;
}

// std::lgamma writes the sign of its result into a global variable.
double LogGamma(double x) {
  int sign;
  return lgamma_r(x, &sign);
}

// I_x(a, b): the probability that a beta variable is at most x.
double IncompleteBeta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * std::log(x) + b * std::log(1 - x));
  // The fraction converges fast on one side only; the other is its mirror image.
  if (x < (a + 1) / (a + b + 2)) return front * BetaFraction(a, b, x) / a;
  return 1 - front * BetaFraction(b, a, 1 - x) / b;
}

}  // namespace

double NormalCdf(double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }

double StudentCdf(double t, double degrees) {
  const double tail = IncompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2;
  return t >= 0 ? 1 - tail : tail;
}

double StudentQuantile(double p, double degrees) {
  if (p <= 0) return -std::numeric_limits<double>::infinity();
  if (p >= 1) return std::numeric_limits<double>::infinity();
  if (p == 0.5) return 0;
  constexpr double kFarOut = 1e6;
  constexpr int kSteps = 100;
  double low = -kFarOut;
  double high = kFarOut;
  for (int i = 0; i < kSteps; i++) {
    const double middle = (low + high) / 2;
    (StudentCdf(middle, degrees) < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

double BinomialCdf(int64_t k, int64_t n, double p) {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return IncompleteBeta(static_cast<double>(n - k), static_cast<double>(k + 1), 1 - p);
}

}  // namespace dv8::node
