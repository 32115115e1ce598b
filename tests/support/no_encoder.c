// Preloaded into a host by a test: a machine whose libx264 is good for nothing.
int x264_param_default_preset(void* param, const char* preset, const char* tune);

int x264_param_default_preset(void* param, const char* preset, const char* tune) {
  (void)param;
  (void)preset;
  (void)tune;
  return -1;
}
