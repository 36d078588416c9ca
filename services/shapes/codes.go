package shapes

import (
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// textCodes are the codes of google.rpc for the text codes of Compute Engine and Cloud SQL. The codes
// are those that Terraform's provider and the compute client of gcloud treat apart.
var textCodes = map[string]lro.Code{
	"QUOTA_EXCEEDED":                            lro.CodeResourceExhausted,
	"ZONE_RESOURCE_POOL_EXHAUSTED":              lro.CodeResourceExhausted,
	"ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS": lro.CodeResourceExhausted,
	"REGION_RESOURCE_POOL_EXHAUSTED":            lro.CodeResourceExhausted,
	"RESOURCE_POOL_EXHAUSTED":                   lro.CodeResourceExhausted,
	"RATE_LIMIT_EXCEEDED":                       lro.CodeResourceExhausted,
	"RESOURCE_NOT_FOUND":                        lro.CodeNotFound,
	"RESOURCE_ALREADY_EXISTS":                   lro.CodeAlreadyExists,
	"RESOURCE_NOT_READY":                        lro.CodeUnavailable, // a later try may succeed
	"RESOURCE_IN_USE_BY_ANOTHER_RESOURCE":       lro.CodeFailedPrecondition,
	"OPERATION_CANCELED_BY_USER":                lro.CodeCanceled,
	"CONDITION_NOT_MET":                         lro.CodeFailedPrecondition,
	"INTERNAL_ERROR":                            lro.CodeInternal,
}

// codeOf is the code of google.rpc for a text code. For one that is not known it is that of the HTTP
// status, else UNKNOWN.
func codeOf(text string, http int) lro.Code {
	if code, known := textCodes[text]; known {
		return code
	}
	if code, err := lro.ParseCode(strings.TrimSuffix(text, "_ERROR")); err == nil && code != lro.CodeOK {
		return code
	}
	if http >= 400 {
		return lro.CodeOfHTTP(http)
	}
	return lro.CodeUnknown
}
