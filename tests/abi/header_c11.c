/* The header as a C11 program sees it. */
#include <punktfunk/punktfunk.h>

const punktfunk_client_options punktfunk_header_options = {.struct_size = sizeof(punktfunk_client_options)};
