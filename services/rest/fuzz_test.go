package rest_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// FuzzParseStatus holds for every body: what is no JSON has no status, the code is never
// OK, and the details are JSON that survives being encoded and read back.
func FuzzParseStatus(f *testing.F) {
	for _, body := range []string{
		"", page, "null", "[]", "[[]]", "{", `"error"`, "7",
		`{"error":{"code":404,"status":"NOT_FOUND","message":"m","details":[{"@type":"x","n":12345678901234567890}]}}`,
		`[{"error":{"code":403,"errors":[{"domain":"d","reason":"rateLimitExceeded","message":"e"}]}}]`,
		`{"code":5,"message":"m","details":[null,7,{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1s"}]}`,
		`{"error":"invalid_grant","error_description":"d"}`, `{"error":{"code":"16"}}`, `{"error":{"errors":[[],null]}}`,
		`{"code":99999999999,"status":7,"details":{}}`, `{"error":{"status":"OK","code":0}}`, "{\"message\":\"\xff\"}",
	} {
		f.Add(400, []byte(body))
		f.Add(503, []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		got, found := rest.ParseStatus(status, body)
		if !found {
			return
		}
		if got.Code <= lro.CodeOK || got.Code > lro.CodeUnauthenticated {
			t.Errorf("code %d", got.Code)
		}
		if !json.Valid(body) {
			t.Errorf("code %s of a body that is no JSON", got.Code)
		}
		for _, detail := range got.Details {
			if !json.Valid(detail) || bytes.Equal(detail, []byte("null")) {
				t.Errorf("detail %q", detail)
			}
		}
		encoded, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		var read lro.Status
		if err := json.Unmarshal(encoded, &read); err != nil {
			t.Fatal(err)
		}
		if len(read.Details) != len(got.Details) || read.Code != got.Code {
			t.Errorf("read back (-want +got):\n%s", cmp.Diff(got, read))
		}
		if delay, ok := got.RetryDelay(); delay < 0 || !ok && delay != 0 {
			t.Errorf("retry delay %v, %v", delay, ok)
		}
	})
}

// FuzzParsePage holds for every body: what is read has only valid operations, and
// an error comes alone.
func FuzzParsePage(f *testing.F) {
	for _, body := range []string{
		"", "null", "[]", "{}", page, `{"operations":[{"name":"o"},{"done":true,"response":{}}],"nextPageToken":"n","unreachable":["u"]}`,
		`{"operations":[null,{"name":"o"},{"name":"odd","done":true,"error":{"code":0}}]}`, `{"operations":{}}`, `{"nextPageToken":7}`, `{"unreachable":[7]}`, `{"instances":[]}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := lro.ParsePage(body)
		if err != nil && len(got.Operations) > 0 {
			t.Errorf("%d operations beside %v", len(got.Operations), err)
		}
		for i, op := range got.Operations {
			if err := op.Normalize(); err != nil || op.Name == "" && !op.Done {
				t.Errorf("operations[%d] is none: %+v, %v", i, op, err)
			}
		}
	})
}

// FuzzRetryAfter holds for every header: the advice is never negative.
func FuzzRetryAfter(f *testing.F) {
	for _, text := range []string{"", "1", "-1", "1e9", "18446744073709551615", "18446744073709551616", "Mon, 02 Jan 2006 15:04:05 GMT", "soon"} {
		f.Add(text, "")
		f.Add(text, "Mon, 02 Jan 2006 15:04:00 GMT")
	}
	f.Fuzz(func(t *testing.T, text, date string) {
		got := rest.RetryAfter(http.Header{"Retry-After": {text}, "Date": {date}}, time.Unix(0, 0))
		if got < 0 {
			t.Errorf("advice %v", got)
		}
	})
}
