// Preloaded into a host by a test: a machine whose libavcodec was built without any encoder.
#include <stddef.h>

const void* avcodec_find_encoder_by_name(const char* name);

const void* avcodec_find_encoder_by_name(const char* name) {
  (void)name;
  return NULL;
}
