// A module that calls what nothing defines.
#include <dv8/module.h>

int missing_function();
static void One(const dv8::CallInfo& info) { info.GetReturnValue().Set(missing_function()); }
static constexpr dv8::FunctionSpec kFunctions[] = {{"one", One}};
static constexpr dv8::BindingSpec kModule = {.name = "lost", .functions = kFunctions};
DV8_MODULE(kModule);
