#include "harness/campaign/device_rows.hpp"

namespace sipharness::campaign {

using verdict::Finding;

std::vector<DeviceRow> device_rows(const verdict::Result& result) {
  std::vector<DeviceRow> rows;
  for (const Finding& finding : result.findings) {
    const bool has_row =
        result.fleet && !rows.empty() && rows.back().finding->requirement == finding.requirement;
    if (!has_row)
      rows.push_back({result.fleet || result.devices.size() == 1 ? "" : finding.device, &finding});
    else if (weight_beside_others(finding.verdict()) >
             weight_beside_others(rows.back().finding->verdict()))
      rows.back().finding = &finding;
  }
  return rows;
}

}  // namespace sipharness::campaign
