// SPDX-License-Identifier: MIT
#pragma once
#include "core/plan/plan.h"

namespace monban {

/// The revocation check is off until an hour that is still to come (troubleshoot.revocation_off_until), and the task that turns it
/// on again is there before; when that hour is over, it is on again. Last of the steps that change the record.
void planPause(const PlanInput& input, Plan& plan);
/// Whether that flag of the record is decided so, and not by the chapter that binds. A check that shall be off for good has no pause.
bool isPauseAsked(const Answers& answers);

/// The check is on again at the endpoint the answers name, and the task that would have done it goes. The record is changed in
/// that one flag, whatever else became of it meanwhile; one that is gone needs nothing.
Plan planResumption(const PlanInput& input);

}  // namespace monban
