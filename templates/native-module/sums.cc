// dv8:sums, a module in C++: functions that take JavaScript's arguments and give it values.
#include <dv8/module.h>

// total(array: Float64Array): number
static void Total(const dv8::CallInfo& info) {
  if (!info[0]->IsFloat64Array()) {
    dv8::ThrowTypeError(info.GetIsolate(), "total(array): array must be a Float64Array");
    return;
  }
  const std::span<uint8_t> bytes = dv8::BytesOf(info[0]);
  const std::span<const double> values(reinterpret_cast<const double*>(bytes.data()), bytes.size() / sizeof(double));
  double total = 0;
  for (const double value : values) total += value;
  info.GetReturnValue().Set(total);
}

static constexpr dv8::FunctionSpec kFunctions[] = {{"total", Total}};
static constexpr dv8::ConstantSpec kConstants[] = {{"VERSION", 1}};
static constexpr dv8::BindingSpec kModule = {.name = "sums", .functions = kFunctions, .constants = kConstants};
DV8_MODULE(kModule);
