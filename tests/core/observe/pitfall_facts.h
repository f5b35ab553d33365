// SPDX-License-Identifier: MIT
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/observe/pitfalls.h"
#include "tests/support/values.h"

namespace monban::support {

using Ids = std::vector<std::string>;

inline Ids idsOf(const Facts& facts)
{
    Ids ids;
    for (const Finding& finding : pitfalls(facts)) ids.push_back(finding.id);
    return ids;
}

/// The findings of one kind.
inline std::vector<Finding> foundAs(const Facts& facts, const std::string& id)
{
    std::vector<Finding> all = pitfalls(facts);
    std::erase_if(all, [&](const Finding& finding) { return finding.id != id; });
    return all;
}

/// As a finished set-up leaves it.
inline Facts setUp(int build = windows_build::kServer2022)
{
    Facts facts = freshFacts(build);
    const Materials m = materials();
    become(facts, planSetup({Answers{}, m, facts, {}}));
    return facts;
}

inline SslRecord record(RecordFamily family, const std::string& endpoint)
{
    SslRecord one;
    one.family = family;
    one.endpoint = endpoint;
    one.appId = kIisAppId;
    return one;
}

/// As the set-up's own record, elsewhere.
inline SslRecord recordLike(const Facts& facts, RecordFamily family, const std::string& endpoint)
{
    SslRecord one = facts.records->front();
    one.family = family;
    one.endpoint = endpoint;
    return one;
}

/// A CA without a root of its own in any store.
inline Certificate intermediate(const std::string& name, char digit, const std::string& issuer)
{
    Certificate c = certificate(name, digit);
    c.issuer = "CN=" + issuer;
    c.isCa = true;
    return c;
}

inline StoredCertificate stored(const Certificate& certificate) { return {certificate, "", KeyState::None}; }

}  // namespace monban::support
