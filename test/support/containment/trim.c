/* A Node addon (Node-API): as often as it is loaded, glibc gives the host back what it keeps of freed memory, malloc_trim(3). */
#include <malloc.h>

void *napi_register_module_v1(void *environment, void *exports) {
  malloc_trim(0);
  return exports;
}
