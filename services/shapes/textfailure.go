package shapes

import (
	"encoding/json"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// textError is an entry of error.errors, whose code is a text.
type textError struct {
	Code     string                       `json:"code"`
	Message  string                       `json:"message"`
	Location string                       `json:"location"`
	Details  []map[string]json.RawMessage `json:"errorDetails"`
}

// textFailure reads the errors of Compute Engine and Cloud SQL. Their codes are texts of the
// service's own. Each becomes the reason of an ErrorInfo of the service's domain. The first one gives
// the code of google.rpc.
func textFailure(domain string) func(ended) *lro.Status {
	return func(end ended) *lro.Status {
		var body struct {
			Errors []textError `json:"errors"`
		}
		byHTTP := httpFailure(end.HTTPStatus, end.HTTPMessage)
		if !isObject(end.Error) {
			return byHTTP
		}
		if json.Unmarshal(end.Error, &body) != nil || len(body.Errors) == 0 {
			return orUnknown(byHTTP)
		}
		failed := &lro.Status{Code: codeOf(body.Errors[0].Code, end.HTTPStatus)}
		var messages []string
		for _, e := range body.Errors {
			messages = append(messages, firstOf(e.Message, e.Code))
			failed.Details = append(failed.Details, e.info(domain))
			failed.Details = append(failed.Details, e.details()...)
		}
		failed.Message = strings.Join(messages, "; ")
		return failed
	}
}

func orUnknown(status *lro.Status) *lro.Status {
	if status != nil {
		return status
	}
	return &lro.Status{Code: lro.CodeUnknown, Message: firstOf()}
}

// info is the ErrorInfo of an error.
func (e textError) info(domain string) json.RawMessage {
	info := map[string]any{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": e.Code, "domain": domain}
	if e.Location != "" {
		info["metadata"] = map[string]string{"location": e.Location}
	}
	raw, err := json.Marshal(info)
	if err != nil { // texts always encode
		return nil
	}
	return raw
}

// detailTypes are the types of the fields of an entry of errorDetails
// (cloud.google.com/compute/docs/reference/rest/v1/zoneOperations, errorDetails).
var detailTypes = map[string]string{
	"errorInfo":        "google.rpc.ErrorInfo",
	"help":             "google.rpc.Help",
	"localizedMessage": "google.rpc.LocalizedMessage",
	"quotaInfo":        "google.cloud.compute.v1.QuotaExceededInfo",
}

// details are the errorDetails as messages with their type. One of an unknown type is left out.
func (e textError) details() []json.RawMessage {
	var all []json.RawMessage
	for _, entry := range e.Details {
		for _, field := range []string{"errorInfo", "quotaInfo", "help", "localizedMessage"} {
			var message map[string]json.RawMessage
			if entry[field] == nil || json.Unmarshal(entry[field], &message) != nil || message == nil {
				continue
			}
			message["@type"] = json.RawMessage(`"type.googleapis.com/` + detailTypes[field] + `"`)
			all = append(all, object(message))
		}
	}
	return all
}
