// Runs a fuzz target over the files that are its arguments, and over copies of them that are
// changed at random, the same ones in every run. Stands in for libFuzzer where its libraries are
// not installed; built with --config=asan it sees as much as that does.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Bytes = std::vector<uint8_t>;

constexpr int kRounds = 4000;

Bytes ReadAll(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void ChangeOnce(std::mt19937_64& random, Bytes* bytes) {
  // Tables lie at the beginning and, in ELF files, at the end: there most changes are made.
  const size_t size = bytes->size();
  const size_t near = std::min<size_t>(size, 512);
  size_t at = random() % size;
  if (random() % 4 != 0) at = random() % 3 != 0 ? random() % near : size - 1 - random() % near;
  switch (random() % 6) {
    case 0: (*bytes)[at] ^= static_cast<uint8_t>(1u << random() % 8); break;
    case 1: (*bytes)[at] = static_cast<uint8_t>(random()); break;
    case 2: (*bytes)[at] = random() % 2 != 0 ? 0xff : 0; break;
    case 3:  // A whole number, often a boundary.
      for (size_t i = at & ~size_t{7}, n = 0; i < size && n < 8; i++, n++) (*bytes)[i] = 0xff;
      break;
    case 4: bytes->resize(std::max<size_t>(1, at)); break;
    case 5: (*bytes)[at] = static_cast<uint8_t>((*bytes)[at] + 1); break;
  }
}

}  // namespace

int main(int argc, char** argv) {
  int runs = 0;
  for (int i = 1; i < argc; i++) {
    const Bytes seed = ReadAll(argv[i]);
    if (seed.empty()) {
      std::fprintf(stderr, "%s: error: cannot be read or is empty\n", argv[i]);
      return 1;
    }
    LLVMFuzzerTestOneInput(seed.data(), seed.size());
    std::mt19937_64 random(static_cast<uint64_t>(i));
    for (int round = 0; round < kRounds; round++, runs++) {
      Bytes bytes = seed;
      for (uint64_t changes = 1 + random() % 4; changes > 0; changes--) ChangeOnce(random, &bytes);
      LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
  }
  std::printf("%d inputs of %d seeds\n", runs, argc - 1);
  return runs > 0 ? 0 : 1;
}
