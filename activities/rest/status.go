package rest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strconv"

	"github.com/awaitop/awaitop/lro"
)

const errorInfoType = "type.googleapis.com/google.rpc.ErrorInfo"

// errorBody is the body of an error reply in each of its forms. Every field is
// raw, so that one of an unexpected type hides no other.
type errorBody struct {
	Error   json.RawMessage `json:"error"`
	Code    json.RawMessage `json:"code"`
	Status  json.RawMessage `json:"status"`
	Message json.RawMessage `json:"message"`
	Details json.RawMessage `json:"details"`
	Errors  json.RawMessage `json:"errors"`
	// Description is OAuth's, whose "error" is a word.
	Description json.RawMessage `json:"error_description"`
}

// legacyError is an entry of error.errors, the older form of details.
type legacyError struct {
	Domain  string `json:"domain"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// parseStatus reads the google.rpc.Status of an error reply with the given HTTP
// status. Its code is never OK. The message is empty if the body has none.
func parseStatus(status int, body []byte) lro.Status {
	fields, ok := unwrap(body)
	if !ok {
		return lro.Status{Code: codeFromHTTP(status)}
	}
	legacy := fields.legacy()
	out := lro.Status{
		Code:    fields.code(status),
		Message: cmp.Or(text(fields.Message), text(fields.Description)),
		Details: fields.details(),
	}
	if reason, _ := out.Reason(); reason == "" {
		out.Details = append(out.Details, errorInfos(legacy)...)
	}
	for _, entry := range legacy {
		out.Message = cmp.Or(out.Message, entry.Message)
	}
	return out
}

// unwrap finds the object that holds code and message: the "error" of the body,
// or the body itself, or either in the array that streaming methods answer
// with.
func unwrap(body []byte) (errorBody, bool) {
	var elements []json.RawMessage
	if json.Unmarshal(body, &elements) == nil && len(elements) > 0 {
		body = elements[0]
	}
	var outer, inner errorBody
	if !isObject(body) || json.Unmarshal(body, &outer) != nil {
		return errorBody{}, false
	}
	if isObject(outer.Error) && json.Unmarshal(outer.Error, &inner) == nil {
		return inner, true
	}
	return outer, true
}

// code is the code by name, else by a number that google.rpc defines, else by
// the HTTP status. Google's error.code is the HTTP status, grpc-gateway's is
// google.rpc's; the numbers do not overlap.
func (b errorBody) code(status int) lro.Code {
	if code, err := lro.ParseCode(text(b.Status)); err == nil && code != lro.CodeOK {
		return code
	}
	number, err := strconv.ParseInt(string(bytes.Trim(b.Code, `"`)), 10, 32)
	if code := lro.Code(number); err == nil && code > lro.CodeOK && code <= lro.CodeUnauthenticated {
		return code
	}
	return codeFromHTTP(status)
}

// details are all of them, unread.
func (b errorBody) details() []json.RawMessage {
	var all, out []json.RawMessage
	if json.Unmarshal(b.Details, &all) != nil && isObject(b.Details) {
		all = []json.RawMessage{b.Details}
	}
	for _, raw := range all {
		if !bytes.Equal(raw, []byte("null")) {
			out = append(out, raw)
		}
	}
	return out
}

func (b errorBody) legacy() []legacyError {
	var raws []json.RawMessage
	_ = json.Unmarshal(b.Errors, &raws) // none of them, if it is no array
	var out []legacyError
	for _, raw := range raws {
		var entry legacyError
		if json.Unmarshal(raw, &entry) == nil {
			out = append(out, entry)
		}
	}
	return out
}

// errorInfos says the reasons of the older form in the words of the newer.
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
	_ = json.Unmarshal(raw, &s) // s stays "" if it is no string
	return s
}

func isObject(raw []byte) bool {
	raw = bytes.TrimSpace(raw)
	return len(raw) > 0 && raw[0] == '{'
}

// oauthWord returns OAuth's "error" in body, such as "invalid_grant", or "".
func oauthWord(body []byte) string {
	var fields errorBody
	_ = json.Unmarshal(body, &fields) // no word, if it is no object
	return text(fields.Error)
}
