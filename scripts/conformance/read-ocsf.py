"""Reads OCSF Compliance Findings from standard input, one a line, as py-ocsf-models (which others wrote) has them."""

import sys

from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding

count = 0
for count, line in enumerate(sys.stdin, 1):
    finding = ComplianceFinding.model_validate_json(line)
    print(finding.finding_info.uid, finding.status_id and finding.status_id.name, finding.compliance.status_id.name)
