// Runs of millions of blocks, made up, for timing the pictures.
#pragma once

#include "viewer/model/run.hpp"

namespace heapatlas::tool::bench {

/// `blocks` placements, of which `live` live at the peak: born and freed at random over a heap of
/// some 100 bytes a block, which fills up, churns, and is emptied again by half. The order of
/// births says nothing about addresses, as in a heap that has aged. A walk at two thirds of the
/// events has a span for each run of blocks and each hole.
[[nodiscard]] viewer::Run aged_run(std::size_t blocks, std::size_t live);

/// `blocks` lifetimes as a program has them: most die young, a tenth stay long; addresses are
/// taken first fit, by size.
[[nodiscard]] viewer::Run young_run(std::size_t blocks);

}  // namespace heapatlas::tool::bench
