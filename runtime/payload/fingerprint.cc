#include "runtime/payload/fingerprint.h"

#include <cinttypes>
#include <cstdio>
#include <cstring>

namespace dv8 {

std::string Describe(const Fingerprint& fingerprint) {
  char text[160];
  std::snprintf(text, sizeof(text), "V8 %.31s, runtime %.31s, bindings %016" PRIx64 ", flags %08x", fingerprint.v8_version,
                fingerprint.runtime_version, fingerprint.registry_hash, fingerprint.v8_flags_hash);
  return text;
}

std::string CompareFingerprints(const Fingerprint& payload, const Fingerprint& engine) {
  if (std::memcmp(&payload, &engine, sizeof(payload)) == 0) return "";
  return "the program was packed for another engine\n  program: " + Describe(payload) + "\n  engine:  " + Describe(engine);
}

}  // namespace dv8
