package rest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

const page = `<!DOCTYPE html><html><title>Error</title>secret</html>`

// TestHTTPStatus has a row for each HTTP status that means something, answered
// by something that knows no google.rpc.Status.
func TestHTTPStatus(t *testing.T) {
	t.Parallel()
	rows := []struct {
		status int
		want   lro.Code
		class  lro.Class
		tries  int
		reason string
	}{
		{302, lro.CodeUnknown, lro.ClassTransient, 3, "a redirect is not followed, and may be a proxy's"},
		{400, lro.CodeUnknown, lro.ClassNoStatus, 3, "front ends send some by mistake"},
		{401, lro.CodeUnauthenticated, lro.ClassBlocked, 1, "credentials"},
		{403, lro.CodePermissionDenied, lro.ClassBlocked, 1, "grants"},
		{404, lro.CodeUnknown, lro.ClassNoStatus, 3, "only the API knows what is not there"},
		{405, lro.CodeUnknown, lro.ClassNoStatus, 3, "unlisted"},
		{408, lro.CodeDeadlineExceeded, lro.ClassTransient, 3, "slow"},
		{409, lro.CodeUnknown, lro.ClassNoStatus, 3, "a conflict, but whose?"},
		{412, lro.CodeUnknown, lro.ClassNoStatus, 3, "a precondition, but whose?"},
		{418, lro.CodeUnknown, lro.ClassNoStatus, 3, "unlisted"},
		{429, lro.CodeResourceExhausted, lro.ClassQuota, 1, "the caller owns the budget"},
		{499, lro.CodeCanceled, lro.ClassTransient, 3, "by google.rpc.Code"},
		{500, lro.CodeInternal, lro.ClassTransient, 3, "the service's bad day"},
		{501, lro.CodeUnavailable, lro.ClassTransient, 3, "only the API knows its methods"},
		{502, lro.CodeUnavailable, lro.ClassTransient, 3, "a proxy's bad day"},
		{503, lro.CodeUnavailable, lro.ClassTransient, 3, "try later"},
		{504, lro.CodeDeadlineExceeded, lro.ClassTransient, 3, "a proxy waited in vain"},
		{599, lro.CodeUnknown, lro.ClassTransient, 3, "unlisted"},
	}
	for _, row := range rows {
		for _, body := range []string{page, "", `{"foo":1}`, "{"} {
			t.Run(fmt.Sprintf("%d %q", row.status, body), func(t *testing.T) {
				t.Parallel()
				s := serve(t, answer(row.status, body))
				_, err := s.client(t).GetOperation(t.Context(), operationRef)
				want := &lro.Error{Method: "GetOperation", HTTP: row.status, NoStatus: true, Status: lro.Status{Code: row.want}}
				if diff := cmp.Diff(want, failureOf(t, err), ignoreMessage); diff != "" {
					t.Errorf("%s (-want +got):\n%s", row.reason, diff)
				}
				if diff := cmp.Diff(row.class, classOf(err)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", row.reason, diff)
				}
				if got := len(s.received()); got != row.tries {
					t.Errorf("got %d tries, want %d: %s", got, row.tries, row.reason)
				}
			})
		}
	}
}

// TestMessageSaysWhatCame sees the status, the content type and the first words of a
// reply that is not the API's, and no more of it.
func TestMessageSaysWhatCame(t *testing.T) {
	t.Parallel()
	long := "<html>\n<body>\n" + strings.Repeat("word ", 200) + "secret"
	rows := []struct {
		reason, body, kind string
		status             int
		want               string
	}{
		{"a page", "<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>", "text/html; charset=UTF-8", 404,
			`HTTP 404 Not Found without a google.rpc.Status; 54 bytes, text/html: "<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>"`},
		{"many lines are one, cut", long, "text/html", 400,
			`HTTP 400 Bad Request without a google.rpc.Status; 1020 bytes, text/html: "<html> <body> word word word word word word word word word word word word word w"...`},
		{"nothing that steers a terminal or hides", "a\x1b[31m\u200bb\xff", "text/plain", 502,
			`HTTP 502 Bad Gateway without a google.rpc.Status; 11 bytes, text/plain: "a\x1b[31m\u200bb\xff"`},
		{"a character is not cut", strings.Repeat("a", 79) + "éé", "text/plain", 500,
			`HTTP 500 Internal Server Error without a google.rpc.Status; 83 bytes, text/plain: "` + strings.Repeat("a", 79) + `"...`},
		{"nothing", "", "", 404, `HTTP 404 Not Found without a google.rpc.Status; an empty body`},
		{"no media type", "{", "no/media/type", 599, `HTTP 599 without a google.rpc.Status; 1 bytes, of no media type: "{"`},
		{"a long media type", "{", "a/" + strings.Repeat("b", 200), 404, `HTTP 404 Not Found without a google.rpc.Status; 1 bytes, of no media type: "{"`},
		{"OAuth's form", `{"error":"invalid_token","error_description":"Invalid Value"}`, "application/json", 401,
			`HTTP 401 Unauthorized without a google.rpc.Status; 61 bytes, application/json: "{\"error\":\"invalid_token\",\"error_description\":\"Invalid Value\"}"`},
		{"a success that is none", "<html>sign in</html>", "text/html", 200, `HTTP 200 OK that is not JSON; 20 bytes, text/html: "<html>sign in</html>"`},
	}
	for _, row := range rows {
		for _, method := range calls(operationRef) {
			t.Run(row.reason+" "+method.name, func(t *testing.T) {
				t.Parallel()
				err := method.do(t, serve(t, answer(row.status, row.body, "Content-Type", row.kind)).client(t))
				failed := failureOf(t, err)
				if diff := cmp.Diff(row.want, failed.Status.Message); diff != "" || !failed.NoStatus {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if want := method.name + ": " + failed.Status.Code.String() + ": " + row.want; err.Error() != want {
					t.Errorf("got %q, want %q", err, want)
				}
			})
		}
	}
}

var ignoreMessage = cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Message" }, cmp.Ignore())

func failureOf(t *testing.T, err error) *lro.Error {
	t.Helper()
	var failed *lro.Error
	if !errors.As(err, &failed) {
		t.Fatalf("got %v, want an *lro.Error", err)
	}
	return failed
}

// TestErrorCode reads every code in each form, always with an HTTP status that
// alone would read as another one.
func TestErrorCode(t *testing.T) {
	t.Parallel()
	for code := lro.CodeCanceled; code <= lro.CodeUnauthenticated; code++ {
		forms := map[string]string{
			"google.rpc.Status in error":   fmt.Sprintf(`{"error":{"code":418,"status":%q,"message":"m"}}`, code),
			"in an array":                  fmt.Sprintf(`[{"error":{"code":418,"status":%q,"message":"m"}}]`, code),
			"grpc-gateway":                 fmt.Sprintf(`{"code":%d,"message":"m","details":[]}`, code),
			"grpc-gateway in an array":     fmt.Sprintf(`[{"code":%d,"message":"m"}]`, code),
			"grpc-gateway v1":              fmt.Sprintf(`{"error":"m","code":%d,"message":"m"}`, code),
			"google.rpc number in error":   fmt.Sprintf(`{"error":{"code":%d,"message":"m","errors":[{}]}}`, code),
			"a details field of no use":    fmt.Sprintf(`{"error":{"code":418,"status":%q,"message":"m","details":"what","errors":7}}`, code),
			"unknown fields, spaces, null": fmt.Sprintf("\n { \"error\" : { \"code\":1, \"status\" : %q, \"message\":\"m\", \"details\":null, \"new\":{} } }", code),
		}
		for form, body := range forms {
			t.Run(code.String()+" "+form, func(t *testing.T) {
				t.Parallel()
				client := serve(t, answer(418, body)).client(t)
				err := client.CancelOperation(t.Context(), operationRef)
				want := &lro.Error{Method: "CancelOperation", HTTP: 418, Status: lro.Status{Code: code, Message: "m"}}
				if diff := cmp.Diff(want, failureOf(t, err)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(lro.Classify(want), classOf(err)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestErrorBody(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason, body string
		status       int
		want         lro.Status
	}{
		{"every detail is kept as it came", `{"error":{"code":400,"status":"FAILED_PRECONDITION","message":"m","details":[{"@type":"type.googleapis.com/no.such.Type","n":12345678901234567890},{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"R","domain":"d"}]}}`, 400,
			lro.Status{Code: lro.CodeFailedPrecondition, Message: "m", Details: raws(`{"@type":"type.googleapis.com/no.such.Type","n":12345678901234567890}`, `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"R","domain":"d"}`)}},
		{"409 is ALREADY_EXISTS by name", `{"error":{"code":409,"status":"ALREADY_EXISTS","message":"m"}}`, 409,
			lro.Status{Code: lro.CodeAlreadyExists, Message: "m"}},
		{"a reason of the older form becomes an ErrorInfo", `{"error":{"code":403,"message":"m","errors":[{"domain":"usageLimits","reason":"rateLimitExceeded","message":"e"}]}}`, 403,
			lro.Status{Code: lro.CodePermissionDenied, Message: "m", Details: raws(`{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"rateLimitExceeded","domain":"usageLimits"}`)}},
		{"the older form's 404", `{"error":{"code":404,"message":"m","errors":[{"message":"m"}]}}`, 404,
			lro.Status{Code: lro.CodeNotFound, Message: "m"}},
		{"the older form's 409 is ALREADY_EXISTS by its reason", `{"error":{"code":409,"message":"m","errors":[{"reason":"alreadyExists"}]}}`, 409,
			lro.Status{Code: lro.CodeAlreadyExists, Message: "m", Details: raws(`{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"alreadyExists"}`)}},
		{"every reason, in order, beside other details", `{"error":{"code":400,"errors":[{"reason":"a"},{"message":"e"},7,{"reason":"b","domain":"d"}],"details":[{"@type":"x"}]}}`, 400,
			lro.Status{Code: lro.CodeInvalidArgument, Message: "e", Details: raws(`{"@type":"x"}`, `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"a"}`, `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"b","domain":"d"}`)}},
		{"the service's own ErrorInfo stands", `{"error":{"code":403,"message":"m","errors":[{"reason":"forbidden"}],"details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"IAM_PERMISSION_DENIED"}]}}`, 403,
			lro.Status{Code: lro.CodePermissionDenied, Message: "m", Details: raws(`{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"IAM_PERMISSION_DENIED"}`)}},
		{"a status that is no name leaves it to the number", `{"error":{"code":404,"status":"LOST","message":"m"}}`, 418,
			lro.Status{Code: lro.CodeNotFound, Message: "m"}},
		{"a number of neither leaves it to HTTP", `{"error":{"code":99,"status":"LOST","message":"m"}}`, 404,
			lro.Status{Code: lro.CodeNotFound, Message: "m"}},
		{"one l or two", `{"error":{"code":1,"status":"CANCELED","message":"m"}}`, 500,
			lro.Status{Code: lro.CodeCanceled, Message: "m"}},
		{"one detail without its array", `{"error":{"code":409,"status":"ABORTED","message":"m","details":{"@type":"x"}}}`, 409,
			lro.Status{Code: lro.CodeAborted, Message: "m", Details: raws(`{"@type":"x"}`)}},
		{"no message, as the Spanner emulator answers", `{"code":12}`, 501,
			lro.Status{Code: lro.CodeUnimplemented, Message: "Not Implemented"}},
		{"a number of HTTP's at the top, as Cloud Endpoints answers", `{"code":404,"message":"The current request is not defined by this API."}`, 404,
			lro.Status{Code: lro.CodeNotFound, Message: "The current request is not defined by this API."}},
		{"null among details", `{"code":5,"message":"m","details":[null,{"@type":"x"}]}`, 404,
			lro.Status{Code: lro.CodeNotFound, Message: "m", Details: raws(`{"@type":"x"}`)}},
		{"with a status of success", `{"error":{"code":503,"message":"backend","status":"UNAVAILABLE"}}`, 200,
			lro.Status{Code: lro.CodeUnavailable, Message: "backend"}},
		{"the gateway's, with a status of success", `{"code":5,"message":"m"}`, 200,
			lro.Status{Code: lro.CodeNotFound, Message: "m"}},
	}
	for _, row := range rows {
		for _, method := range calls(operationRef) {
			t.Run(row.reason+" "+method.name, func(t *testing.T) {
				t.Parallel()
				err := method.do(t, serve(t, answer(row.status, row.body)).client(t))
				want := &lro.Error{Method: method.name, HTTP: row.status, Status: row.want}
				if diff := cmp.Diff(want, failureOf(t, err)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestNoStatus has a row for each thing that looks like an error of the API's, and
// is not.
func TestNoStatus(t *testing.T) {
	t.Parallel()
	rows := []struct{ reason, body string }{
		{"no JSON", page},
		{"no object", `"error"`},
		{"an empty array", `[]`},
		{"an array of arrays", `[[]]`},
		{"no code", `{"error":{"status":"NOT_FOUND","message":"m"}}`},
		{"no code at the top", `{"message":"m"}`},
		{"a code in quotes", `{"code":"5","message":"m"}`},
		{"a code that is no whole number", `{"error":{"code":404.5,"status":"NOT_FOUND"}}`},
		{"code 0 is no error", `{"error":{"code":0,"status":"OK","message":"m"}}`},
		{"a negative code", `{"code":-5,"message":"m"}`},
		{"neither a status nor errors", `{"error":{"code":404,"message":"m"}}`},
		{"empty errors", `{"error":{"code":404,"message":"m","errors":[]}}`},
		{"errors that are none", `{"error":{"code":404,"errors":[7,null]}}`},
		{"a code of HTTP's alone", `{"code":404}`},
		{"OAuth's form", `{"error":"invalid_token","error_description":"Invalid Value"}`},
		{"an operation's error", `{"name":"n","error":{"code":5,"status":"NOT_FOUND","message":"m"}}`},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			_, err := serve(t, answer(404, row.body)).client(t).GetOperation(t.Context(), operationRef)
			if failed := failureOf(t, err); !failed.NoStatus || failed.Status.Code != lro.CodeUnknown {
				t.Errorf("%v is taken for the API's word", err)
			}
		})
	}
}

func raws(texts ...string) []json.RawMessage {
	var out []json.RawMessage
	for _, text := range texts {
		out = append(out, json.RawMessage(text))
	}
	return out
}

// TestErrorReason sees that a reason counts the same in either form.
func TestErrorReason(t *testing.T) {
	t.Parallel()
	rows := []struct {
		given  string
		want   lro.Class
		reason string
	}{
		{"RATE_LIMIT_EXCEEDED", lro.ClassQuota, "quota"},
		{"RESOURCE_QUOTA_EXCEEDED", lro.ClassQuota, "quota"},
		{"RESOURCE_EXHAUSTED", lro.ClassQuota, "quota"},
		{"rateLimitExceeded", lro.ClassQuota, "quota"},
		{"userRateLimitExceeded", lro.ClassQuota, "quota"},
		{"quotaExceeded", lro.ClassQuota, "quota"},
		{"dailyLimitExceeded", lro.ClassQuota, "quota"},
		{"concurrentLimitExceeded", lro.ClassQuota, "quota"},
		{"rateLimitExceededUnreg", lro.ClassQuota, "quota"},
		{"variableTermLimitExceeded", lro.ClassQuota, "quota"},
		{"CONCURRENT_OPERATIONS_QUOTA_EXCEEDED", lro.ClassQuota, "quota"},
		{"SERVICE_DISABLED", lro.ClassDisabled, "the API may have been enabled a moment ago"},
		{"accessNotConfigured", lro.ClassDisabled, "the older form's word for it"},
		{"IAM_PERMISSION_DENIED", lro.ClassBlocked, "a grant is missing"},
		{"forbidden", lro.ClassBlocked, "a grant is missing"},
	}
	for _, row := range rows {
		for form, body := range map[string]string{
			"details": `{"error":{"code":403,"status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":%q}]}}`,
			"errors":  `{"error":{"code":403,"errors":[{"domain":"global","reason":%q}]}}`,
			"gateway": `{"code":7,"details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":%q}]}`,
		} {
			t.Run(row.given+" "+form, func(t *testing.T) {
				t.Parallel()
				s := serve(t, answer(http.StatusForbidden, fmt.Sprintf(body, row.given)))
				_, err := s.client(t).GetOperation(t.Context(), operationRef)
				if diff := cmp.Diff(row.want, classOf(err)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", row.reason, diff)
				}
				if got := len(s.received()); got != 1 {
					t.Errorf("got %d tries: a 403 is not tried again, and quota is the caller's", got)
				}
			})
		}
	}
}

func TestRetryAdvice(t *testing.T) {
	t.Parallel()
	const info = `{"error":{"code":503,"status":"UNAVAILABLE","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7.5s"}]}}`
	const date = "Mon, 02 Jan 2006 15:04:05 GMT"
	rows := []struct {
		reason, body string
		header       []string
		want         time.Duration
	}{
		{"neither", `{}`, nil, 0},
		{"RetryInfo", info, nil, 7500 * time.Millisecond},
		{"Retry-After in seconds", `{}`, []string{"Retry-After", "30"}, 30 * time.Second},
		{"on a body that is no JSON", page, []string{"Retry-After", "30"}, 30 * time.Second},
		{"the larger: the header", info, []string{"Retry-After", "8"}, 8 * time.Second},
		{"the larger: RetryInfo", info, []string{"Retry-After", "7"}, 7500 * time.Millisecond},
		{"a date, by the reply's own clock", `{}`, []string{"Retry-After", "Mon, 02 Jan 2006 15:05:05 GMT", "Date", date}, time.Minute},
		{"a date that has passed", `{}`, []string{"Retry-After", "Mon, 02 Jan 2006 15:03:05 GMT", "Date", date}, 0},
		{"a negative number", `{}`, []string{"Retry-After", "-5"}, 0},
		{"garbage", `{}`, []string{"Retry-After", "soon"}, 0},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			s := serve(t, answer(503, row.body, row.header...))
			_, err := s.client(t).GetOperation(t.Context(), operationRef)
			if diff := cmp.Diff(row.want, failureOf(t, err).RetryAfter); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			wantTries := 3
			if row.want > 0 {
				wantTries = 1 // waiting is the activities'
			}
			if got := len(s.received()); got != wantTries {
				t.Errorf("got %d tries, want %d", got, wantTries)
			}
		})
	}
}

func TestRetryAfterWithoutDate(t *testing.T) {
	t.Parallel()
	now := time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC)
	rows := []struct {
		text   string
		want   time.Duration
		reason string
	}{
		{"Mon, 02 Jan 2006 15:04:15 GMT", 10 * time.Second, "by this clock"},
		{"Monday, 02-Jan-06 15:04:15 GMT", 10 * time.Second, "RFC 850's form"},
		{"Mon, 02 Jan 2006 15:04:04 GMT", 0, "a date that has passed asks for nothing"},
		{" 4 ", 4 * time.Second, "spaces"},
		{"99999999999999999", 9223372036 * time.Second, "the longest there is, not a negative one"},
		{"", 0, "empty"},
	}
	for _, row := range rows {
		t.Run(row.text, func(t *testing.T) {
			t.Parallel()
			got := rest.RetryAfter(http.Header{"Retry-After": {row.text}}, now)
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := serve(t, answer(200, `{"done":true}`))
	s := serve(t, answer(307, "", "Location", elsewhere.url+"/v1/x?token=secret"))
	for _, method := range calls(operationRef) {
		err := method.do(t, s.client(t))
		if got := failureOf(t, err).HTTP; got != 307 {
			t.Errorf("%s: got HTTP %d, want 307", method.name, got)
		}
		if text := err.Error(); strings.Contains(text, "secret") || !strings.Contains(text, strings.TrimPrefix(elsewhere.url, "http://")) {
			t.Errorf("the message %q should name the host alone", text)
		}
	}
	if got := len(elsewhere.received()); got != 0 {
		t.Errorf("the redirect was followed %d times", got)
	}
}
