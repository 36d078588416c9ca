package rest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// maxDetails is how many details of an error are read. Google's errors have a few.
const maxDetails = 100

const errorInfoType = "type.googleapis.com/google.rpc.ErrorInfo"

// errorBody is the body of an error reply in each of its forms. Every field is raw, so that a field
// of an unexpected type hides no other.
type errorBody struct {
	Error   json.RawMessage `json:"error"`
	Code    json.RawMessage `json:"code"`
	Status  json.RawMessage `json:"status"`
	Message json.RawMessage `json:"message"`
	Details json.RawMessage `json:"details"`
	Errors  json.RawMessage `json:"errors"`
	// Name and Done are those of an operation that failed. It has an error, too.
	Name json.RawMessage `json:"name"`
	Done json.RawMessage `json:"done"`
}

// legacyError is an entry of error.errors, the older form of details.
type legacyError struct {
	Domain  string `json:"domain"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// parseStatus reads the google.rpc.Status in the body of a reply with the given HTTP
// status, and reports whether there is one. Its code is never OK. The message is
// HTTP's if the body has none.
func parseStatus(status int, body []byte) (lro.Status, bool) {
	fields, ok := findError(body)
	if !ok {
		return lro.Status{}, false
	}
	legacy := fields.legacy()
	out := lro.Status{Code: fields.code(status), Message: text(fields.Message), Details: fields.details()}
	if reason, _ := out.Reason(); reason == "" {
		out.Details = append(out.Details, errorInfos(legacy)...)
	}
	for _, entry := range legacy {
		out.Message = cmp.Or(out.Message, entry.Message)
	}
	out.Message = cmp.Or(out.Message, http.StatusText(status))
	return out, true
}

// findError finds the object that holds code and message, in one of the forms of Google's APIs: an
// "error" with a status, or with the errors of the older form; the body itself, as grpc-gateway
// sends it; or either in the array that streaming methods answer with. Without a numeric code a
// body has none of these forms.
func findError(body []byte) (errorBody, bool) {
	var elements []json.RawMessage
	if json.Unmarshal(body, &elements) == nil && len(elements) > 0 {
		body = elements[0]
	}
	var outer, inner errorBody
	if !isObject(body) || json.Unmarshal(body, &outer) != nil || outer.Name != nil || outer.Done != nil {
		return errorBody{}, false
	}
	if isObject(outer.Error) && json.Unmarshal(outer.Error, &inner) == nil {
		return inner, inner.isWrapped()
	}
	return outer, outer.isGateway()
}

// isWrapped reports whether b is the "error" of a body.
func (b errorBody) isWrapped() bool {
	return b.number() > 0 && (text(b.Status) != "" || len(b.legacy()) > 0)
}

// isGateway reports whether b is grpc-gateway's: it leaves out an empty message.
func (b errorBody) isGateway() bool {
	return isRPC(b.number()) || b.number() > 0 && text(b.Message) != ""
}

// number is the numeric code, 0 without one.
func (b errorBody) number() int64 {
	number, _ := strconv.ParseInt(string(b.Code), 10, 32) // 0 if it is not a number
	return number
}

// isRPC reports whether google.rpc defines the code.
func isRPC(number int64) bool {
	return number > int64(lro.CodeOK) && number <= int64(lro.CodeUnauthenticated)
}

// code is the code by name, else by its number, else by the HTTP status. A number is google.rpc's
// or HTTP's, which do not overlap. HTTP's 409 has two codes, which the reason of the older form tells
// apart.
func (b errorBody) code(status int) lro.Code {
	if code, err := lro.ParseCode(text(b.Status)); err == nil && code != lro.CodeOK {
		return code
	}
	switch number := b.number(); {
	case isRPC(number):
		return lro.Code(number)
	case number == http.StatusConflict && b.saysExists():
		return lro.CodeAlreadyExists
	case number >= 400 && number <= 599:
		return lro.CodeOfHTTP(int(number))
	default:
		return lro.CodeOfHTTP(status)
	}
}

// details are all details, not decoded.
func (b errorBody) details() []json.RawMessage {
	var all, out []json.RawMessage
	if json.Unmarshal(b.Details, &all) != nil && isObject(b.Details) {
		all = []json.RawMessage{b.Details}
	}
	for _, raw := range all[:min(len(all), maxDetails)] {
		if !bytes.Equal(raw, []byte("null")) {
			out = append(out, raw)
		}
	}
	return out
}

// saysExists reports whether a reason of the older form says that what was to be made is there: Compute
// Engine's alreadyExists, Cloud SQL's instanceAlreadyExists.
func (b errorBody) saysExists() bool {
	return slices.ContainsFunc(b.legacy(), func(entry legacyError) bool {
		return strings.HasSuffix(strings.ToLower(entry.Reason), "alreadyexists")
	})
}

func (b errorBody) legacy() []legacyError {
	var raws []json.RawMessage
	_ = json.Unmarshal(b.Errors, &raws) // empty if it is not an array
	var out []legacyError
	for _, raw := range raws[:min(len(raws), maxDetails)] {
		var entry legacyError
		if isObject(raw) && json.Unmarshal(raw, &entry) == nil {
			out = append(out, entry)
		}
	}
	return out
}

// errorInfos writes the reasons of the older form as ErrorInfos.
func errorInfos(legacy []legacyError) []json.RawMessage {
	var out []json.RawMessage
	for _, entry := range legacy {
		if entry.Reason == "" {
			continue
		}
		info := struct {
			Type   string `json:"@type"`
			Reason string `json:"reason"`
			Domain string `json:"domain,omitempty"`
		}{errorInfoType, entry.Reason, entry.Domain}
		if raw, err := json.Marshal(info); err == nil {
			out = append(out, raw)
		}
	}
	return out
}

// text is raw if it is a JSON string, else "".
func text(raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // s stays "" if it is not a string
	return s
}

func isObject(raw []byte) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) > 0 && raw[0] == '{'
}
