// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "core/base/bytes.h"

namespace monban {

/// Lower-case hex.
std::string sha1Hex(ByteView bytes);
std::string sha256Hex(ByteView bytes);

/// From the system's generator; aborts rather than return something predictable.
Bytes randomBytes(std::size_t count);

}  // namespace monban
