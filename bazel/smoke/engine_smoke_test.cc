// The overlay's engine without the runtime: does what was linked run, with the parts that a
// wrong list of sources or a wrong define breaks first.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <libplatform/libplatform.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unicode/udata.h>
#include <unistd.h>
#include <uv.h>
#include <v8.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace {

// Maps ICU's full data, which stays mapped.
bool LoadIcuData(const char* path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  struct stat info;
  if (file < 0 || fstat(file, &info) != 0) return false;
  void* data = mmap(nullptr, static_cast<size_t>(info.st_size), PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  UErrorCode status = U_ZERO_ERROR;
  if (data != MAP_FAILED) udata_setCommonData(data, &status);
  return data != MAP_FAILED && U_SUCCESS(status);
}

// An isolate and a context from V8's own snapshot, entered for one test.
class EngineTest : public testing::Test {
 protected:
  EngineTest() {
    v8::Isolate::CreateParams params;
    params.array_buffer_allocator = allocator_.get();
    isolate_ = v8::Isolate::New(params);
    isolate_->Enter();
  }
  ~EngineTest() override {
    isolate_->Exit();
    isolate_->Dispose();
  }

  // The completion value of `source` as a string, or "exception: ..." with what it threw.
  std::string Run(const std::string& source) {
    v8::HandleScope handles(isolate_);
    v8::Local<v8::Context> context = v8::Context::New(isolate_);
    v8::Context::Scope entered(context);
    v8::TryCatch thrown(isolate_);
    v8::Local<v8::String> text;
    v8::Local<v8::Script> script;
    v8::Local<v8::Value> value;
    const bool done =
        v8::String::NewFromUtf8(isolate_, source.data(), v8::NewStringType::kNormal, static_cast<int>(source.size())).ToLocal(&text) &&
        v8::Script::Compile(context, text).ToLocal(&script) && script->Run(context).ToLocal(&value);
    v8::String::Utf8Value result(isolate_, done ? value : thrown.Exception());
    return (done ? "" : "exception: ") + std::string(*result, static_cast<size_t>(result.length()));
  }

 private:
  std::unique_ptr<v8::ArrayBuffer::Allocator> allocator_{v8::ArrayBuffer::Allocator::NewDefaultAllocator()};
  v8::Isolate* isolate_ = nullptr;
};

TEST_F(EngineTest, Runs) { EXPECT_EQ(Run("[1, 2, 3].map(x => x * 2).join()"), "2,4,6"); }

TEST_F(EngineTest, ThrowsWithMessage) { EXPECT_EQ(Run("null.x"), "exception: TypeError: Cannot read properties of null (reading 'x')"); }

// Long enough to pass through every tier of the compiler.
TEST_F(EngineTest, OptimizesALoop) {
  EXPECT_EQ(Run("let s = 0; const add = i => { s = (s + i) | 0; };"
                "for (let i = 0; i < 1e6; i++) add(i); s"),
            "1783293664");
}

// (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
TEST_F(EngineTest, RunsWebAssembly) {
  EXPECT_EQ(Run("new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(["
                "0,97,115,109,1,0,0,0,1,7,1,96,2,127,127,1,127,3,2,1,0,7,7,1,3,97,100,100,0,0,"
                "10,9,1,7,0,32,0,32,1,106,11]))).exports.add(40, 2)"),
            "42");
}

TEST_F(EngineTest, HasIntl) {
  EXPECT_EQ(Run("new Intl.NumberFormat('de').format(1234567.5)"), "1.234.567,5");
  EXPECT_EQ(Run("'\\u0041\\u030a'.normalize('NFC') + /\\p{Lu}/u.test('\\u00c4')"), "\u00c5true");
  EXPECT_EQ(Run("new Date(0).toLocaleString('en-GB', {timeZone: 'Asia/Tokyo'})"), "01/01/1970, 09:00:00");
}

TEST(LoopTest, RunsTimer) {
  uv_loop_t loop;
  ASSERT_EQ(uv_loop_init(&loop), 0);
  bool fired = false;
  uv_timer_t timer;
  uv_timer_init(&loop, &timer);
  timer.data = &fired;
  uv_timer_start(
      &timer,
      [](uv_timer_t* self) {
        *static_cast<bool*>(self->data) = true;
        uv_close(reinterpret_cast<uv_handle_t*>(self), nullptr);
      },
      1, 0);
  EXPECT_EQ(uv_run(&loop, UV_RUN_DEFAULT), 0);
  EXPECT_TRUE(fired);
  EXPECT_EQ(uv_loop_close(&loop), 0);
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const char* icu_data = std::getenv("ICU_DATA");
  if (icu_data == nullptr || !LoadIcuData(icu_data)) {
    std::fprintf(stderr, "ICU_DATA does not name ICU's data file\n");
    return 1;
  }
  const std::unique_ptr<v8::Platform> platform = v8::platform::NewDefaultPlatform();
  v8::V8::InitializePlatform(platform.get());
  v8::V8::Initialize();
  std::printf("V8 %s, ICU %s, libuv %s\n", v8::V8::GetVersion(), U_ICU_VERSION, uv_version_string());
  const int result = RUN_ALL_TESTS();
  v8::V8::Dispose();
  v8::V8::DisposePlatform();
  return result;
}
