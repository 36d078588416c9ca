package testsuite

import (
	"encoding/json"
	"net/http"

	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
)

// Compute Engine and Cloud SQL write errors in an older form: without a code of google.rpc, with a list of
// errors that have a reason.

// legacyReasons are their words for codes.
var legacyReasons = map[lro.Code]string{
	lro.CodeInvalidArgument: "invalid", lro.CodeNotFound: "notFound", lro.CodeAlreadyExists: "alreadyExists",
	lro.CodeFailedPrecondition: "failedPrecondition", lro.CodeAborted: "conditionNotMet",
}

// legacyError is the reason and HTTP status of a code in a shape, zero where errors have the usual form.
func legacyError(shape catalog.Shape, code lro.Code) (reason string, status int) {
	reason, known := legacyReasons[code]
	switch {
	case !known || shape != catalog.Compute && shape != catalog.SQLAdmin:
		return "", 0
	case code == lro.CodeAborted:
		return reason, http.StatusPreconditionFailed
	default:
		return reason, code.HTTPStatus()
	}
}

// legacyBody is the form of such an error.
func legacyBody(status int, reason, message string) []byte {
	entry := map[string]any{"message": message, "domain": "global", "reason": reason}
	return object(map[string]any{"error": map[string]any{"code": status, "message": message, "errors": []any{entry}}})
}

// legacyInfo is the reason as a detail, for a client in memory.
func legacyInfo(reason string) json.RawMessage {
	detail, _ := anyJSON(&errdetails.ErrorInfo{Reason: reason, Domain: "global"}) // a proto message is always JSON
	return detail
}
