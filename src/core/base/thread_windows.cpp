#include <windows.h>

#include <string>

#include "core/base/thread.h"

namespace pf {
namespace {

// Windows 10 1607 and later; looked up, since import libraries lack it.
void name_this_thread(const char* name) {
  using SetDescription = HRESULT(WINAPI*)(HANDLE, PCWSTR);
  const auto kernel = GetModuleHandleW(L"kernel32.dll");
  if (kernel == nullptr) return;
  const auto set = reinterpret_cast<SetDescription>(  // NOLINT: what GetProcAddress is for
      reinterpret_cast<void*>(GetProcAddress(kernel, "SetThreadDescription")));
  if (set == nullptr) return;
  const std::string narrow(name);
  (void)set(GetCurrentThread(), std::wstring(narrow.begin(), narrow.end()).c_str());
}

}  // namespace

void begin_thread(const char* name, Urgency urgency) {
  name_this_thread(name);
  if (urgency == Urgency::media) (void)SetThreadPriority(GetCurrentThread(), THREAD_PRIORITY_HIGHEST);
}

// Threads do not inherit here.
StartAs::StartAs(Urgency) {}
StartAs::~StartAs() = default;

bool may_be_urgent() {
  return true;
}

}  // namespace pf
