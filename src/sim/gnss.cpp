#include "sim/gnss.hpp"

#include <algorithm>

namespace liptako::sim {

using base::Timestamp;

namespace {

void add_error(NavigationState& state, const Flight& flight, double worse, Timestamp time) {
  const NavigationError::Offset error = flight.navigation_error(time);
  const Frame here = frame_at(state.position);
  state.position = state.position + (worse * error.east_m) * here.east +
                   (worse * error.north_m) * here.north + (worse * error.up_m) * here.up;
}

}  // namespace

NavigationState undisturbed(const Flight& flight, const Pose& pose, Timestamp time) {
  NavigationState out{pose.position, pose.velocity, flight.plan().nac_p};
  add_error(out, flight, 1.0, time);
  return out;
}

GnssField::GnssField(const Scenario& scenario, Timestamp start)
    : start_(start), aircraft_faults_(scenario.aircraft_faults) {
  for (const GnssFault& fault : scenario.gnss_faults) {
    if (fault.kind == GnssFaultKind::time_spoof) continue;
    const Frame middle = frame_at(fault.middle);
    const Vec3 drift = fault.drift.mps() * direction(middle, fault.drift_track.radians());
    sources_.push_back({fault, middle, frame_at(fault.told).position, drift, start});
  }
}

std::optional<NavigationState> GnssField::told(const Flight& flight,
                                               const Pose& pose,
                                               Timestamp time) {
  NavigationState out{pose.position, pose.velocity, flight.plan().nac_p};
  double worse = 1.0;  // times the usual error
  const auto disturbed = [&](Pathology pathology) {
    disturbances_.push_back({pathology, flight.plan().number, flight.told_address(), time});
  };
  if (flight.plan().ghost) {
    disturbed(Pathology::ghost);
    add_error(out, flight, worse, time);
    return out;
  }
  for (Source& source : sources_) {
    const std::optional<Timestamp> end = window_end(source.fault.window, start_, time);
    if (!end) continue;
    if (*end != source.window_end) {
      source.window_end = *end;
      source.taken.clear();
    }
    const std::uint32_t number = flight.plan().number;
    const double part =
        ground_distance_m(source.middle.position, pose.position) / source.fault.radius.metres();
    const bool taken = source.taken.contains(number);
    if (part > 1.0 && !taken) continue;
    switch (source.fault.kind) {
      case GnssFaultKind::jam: {
        disturbed(Pathology::jamming);
        if (part < kNoPosition) return std::nullopt;
        const int nac_p = std::min(out.nac_p, part < kPoorPosition ? 4 : 6);
        const auto usual = NavigationError::radius95(flight.plan().nac_p);
        if (usual && nac_p < out.nac_p) {
          worse = NavigationError::radius95(nac_p)->metres() / usual->metres();
        }
        out.nac_p = nac_p;
        break;
      }
      case GnssFaultKind::spoof: {
        if (!taken && source.taken.size() >= static_cast<std::size_t>(source.fault.aircraft)) break;
        source.taken.insert(number);
        // The aircraft keeps its height: that is barometric.
        const Frame point = frame_at(source.told);
        out.position = point.position + frame_at(pose.position).height_m * point.up;
        out.velocity = {};
        disturbed(Pathology::false_position);
        break;
      }
      case GnssFaultKind::meaconing: {
        const base::Duration lasted =
            time - (*end - (*source.fault.window.until - source.fault.window.from));
        out.position = out.position + base::to_seconds(lasted) * source.drift;
        out.velocity = out.velocity + source.drift;
        disturbed(Pathology::false_position);
        break;
      }
      case GnssFaultKind::time_spoof:
        break;
    }
  }
  tell_wrongly(flight, time, out);
  add_error(out, flight, worse, time);
  return out;
}

void GnssField::tell_wrongly(const Flight& flight, Timestamp time, NavigationState& out) {
  for (const AircraftFault& fault : aircraft_faults_) {
    if (fault.traffic != flight.plan().traffic) continue;
    if (!window_end(fault.window, start_, time)) continue;
    const auto note = [&](Pathology pathology) {
      disturbances_.push_back({pathology, flight.plan().number, flight.told_address(), time});
    };
    const Frame here = frame_at(out.position);
    switch (fault.kind) {
      case AircraftFaultKind::duplicate_address:
      case AircraftFaultKind::swapped_addresses:
        break;  // a matter of all its replies: World
      case AircraftFaultKind::false_position: {
        base::Duration lasted = time - (start_ + fault.window.from);
        if (fault.window.repeats) lasted %= *fault.window.repeats;
        const Vec3 way = direction(here, fault.bearing.radians());
        out.position = out.position +
                       (fault.offset.metres() + fault.drift.mps() * base::to_seconds(lasted)) * way;
        out.velocity = out.velocity + fault.drift.mps() * way;
        note(Pathology::false_position);
        break;
      }
      case AircraftFaultKind::false_velocity:
        out.velocity = fault.speed_factor * turned(here, out.velocity, fault.turned.radians());
        note(Pathology::false_velocity);
        break;
      case AircraftFaultKind::late_position:
        out.position = out.position - base::to_seconds(fault.late) * out.velocity;
        note(Pathology::false_time);
        break;
    }
  }
}

}  // namespace liptako::sim
