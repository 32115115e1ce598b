#include "client/play/chords.h"

namespace pf::client {

std::string chord_help() {
  std::string text = "Keys while streaming:";
  for (const auto& chord : chords) {
    text += "\n  Ctrl+Alt+Shift+";
    text += chord.letter;
    text += "  ";
    text += chord.what;
  }
  return text;
}

}  // namespace pf::client
