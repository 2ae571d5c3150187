// A module of the name NAME.
#include <dv8/module.h>

static void One(const dv8::CallInfo& info) { info.GetReturnValue().Set(1); }
static constexpr dv8::FunctionSpec kFunctions[] = {{"one", One}};
static constexpr dv8::BindingSpec kModule = {.name = NAME, .functions = kFunctions};
DV8_MODULE(kModule);
