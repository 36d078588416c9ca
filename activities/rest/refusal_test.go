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

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/activities/rest"
	"github.com/awaitop/awaitop/lro"
)

const page = `<!DOCTYPE html><html><title>Error</title>secret</html>`

// TestHTTPStatus has a row for each HTTP status that means something, answered
// by something that knows no google.rpc.Status.
func TestHTTPStatus(t *testing.T) {
	t.Parallel()
	rows := []struct {
		status int
		want   lro.Code
		class  activities.Class
		tries  int
		reason string
	}{
		{302, lro.CodeUnknown, activities.ClassTransient, 3, "a redirect is not followed, and may be a proxy's"},
		{400, lro.CodeInvalidArgument, activities.ClassPermanent, 1, "asking again does not help"},
		{401, lro.CodeUnauthenticated, activities.ClassBlocked, 1, "credentials"},
		{403, lro.CodePermissionDenied, activities.ClassBlocked, 1, "grants"},
		{404, lro.CodeNotFound, activities.ClassNotFound, 1, "the activities have a grace for it"},
		{405, lro.CodeUnknown, activities.ClassTransient, 3, "unlisted"},
		{408, lro.CodeDeadlineExceeded, activities.ClassTransient, 3, "slow"},
		{409, lro.CodeAborted, activities.ClassTransient, 3, "a conflict passes"},
		{410, lro.CodeUnknown, activities.ClassTransient, 3, "unlisted: no service says GONE of an operation"},
		{416, lro.CodeOutOfRange, activities.ClassPermanent, 1, "by google.rpc.Code"},
		{418, lro.CodeUnknown, activities.ClassTransient, 3, "unlisted"},
		{429, lro.CodeResourceExhausted, activities.ClassTransient, 1, "the caller owns the budget"},
		{499, lro.CodeCanceled, activities.ClassTransient, 3, "by google.rpc.Code"},
		{500, lro.CodeInternal, activities.ClassTransient, 3, "the service's bad day"},
		{501, lro.CodeUnimplemented, activities.ClassPermanent, 1, "no such method"},
		{502, lro.CodeUnavailable, activities.ClassTransient, 3, "a proxy's bad day"},
		{503, lro.CodeUnavailable, activities.ClassTransient, 3, "try later"},
		{504, lro.CodeDeadlineExceeded, activities.ClassTransient, 3, "a proxy waited in vain"},
		{599, lro.CodeUnknown, activities.ClassTransient, 3, "unlisted"},
	}
	for _, row := range rows {
		for body, kind := range map[string]string{page: "text/html; charset=utf-8", "": "", `{"foo":1}`: "application/json", "{": "no/media/type"} {
			t.Run(fmt.Sprintf("%d %q", row.status, body), func(t *testing.T) {
				t.Parallel()
				s := serve(t, answer(row.status, body, "Content-Type", kind))
				_, err := s.client(t).GetOperation(t.Context(), operationRef)
				want := &activities.Error{Method: "GetOperation", HTTP: row.status, Status: lro.Status{Code: row.want}}
				if diff := cmp.Diff(want, failureOf(t, err), ignoreMessage); diff != "" {
					t.Errorf("%s (-want +got):\n%s", row.reason, diff)
				}
				if diff := cmp.Diff(row.class, classOf(err)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", row.reason, diff)
				}
				if got := len(s.received()); got != row.tries {
					t.Errorf("got %d tries, want %d: %s", got, row.tries, row.reason)
				}
				if text := err.Error(); strings.Contains(text, "secret") || strings.ContainsAny(text, "\r\n") {
					t.Errorf("the message %q is not one line without the body", text)
				}
			})
		}
	}
}

var ignoreMessage = cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Message" }, cmp.Ignore())

func failureOf(t *testing.T, err error) *activities.Error {
	t.Helper()
	var failed *activities.Error
	if !errors.As(err, &failed) {
		t.Fatalf("got %v, want an *activities.Error", err)
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
			"google.rpc number in error":   fmt.Sprintf(`{"error":{"code":%d,"message":"m"}}`, code),
			"number in quotes, as int64":   fmt.Sprintf(`{"code":"%d","message":"m"}`, code),
			"a details field of no use":    fmt.Sprintf(`{"error":{"code":418,"status":%q,"message":"m","details":"what","errors":7}}`, code),
			"unknown fields, spaces, null": fmt.Sprintf("\n { \"error\" : { \"status\" : %q, \"message\":\"m\", \"details\":null, \"new\":{} } }", code),
		}
		for form, body := range forms {
			t.Run(code.String()+" "+form, func(t *testing.T) {
				t.Parallel()
				client := serve(t, answer(418, body)).client(t)
				err := client.CancelOperation(t.Context(), operationRef)
				want := &activities.Error{Method: "CancelOperation", HTTP: 418, Status: lro.Status{Code: code, Message: "m"}}
				if diff := cmp.Diff(want, failureOf(t, err)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(activities.Classify(want), classOf(err)); diff != "" {
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
		{"every reason, in order, beside other details", `{"error":{"code":400,"errors":[{"reason":"a"},{"message":"e"},7,{"reason":"b","domain":"d"}],"details":[{"@type":"x"}]}}`, 400,
			lro.Status{Code: lro.CodeInvalidArgument, Message: "e", Details: raws(`{"@type":"x"}`, `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"a"}`, `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"b","domain":"d"}`)}},
		{"the service's own ErrorInfo stands", `{"error":{"code":403,"message":"m","errors":[{"reason":"forbidden"}],"details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"IAM_PERMISSION_DENIED"}]}}`, 403,
			lro.Status{Code: lro.CodePermissionDenied, Message: "m", Details: raws(`{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"IAM_PERMISSION_DENIED"}`)}},
		{"OAuth's form", `{"error":"invalid_token","error_description":"Invalid Value"}`, 401,
			lro.Status{Code: lro.CodeUnauthenticated, Message: "Invalid Value"}},
		{"a status that is no name leaves it to HTTP", `{"error":{"code":404,"status":"LOST","message":"m"}}`, 404,
			lro.Status{Code: lro.CodeNotFound, Message: "m"}},
		{"an error with code OK is one all the same", `{"error":{"code":0,"status":"OK","message":"m"}}`, 503,
			lro.Status{Code: lro.CodeUnavailable, Message: "m"}},
		{"one l or two", `{"error":{"status":"CANCELED","message":"m"}}`, 500,
			lro.Status{Code: lro.CodeCanceled, Message: "m"}},
		{"one detail without its array", `{"error":{"status":"ABORTED","message":"m","details":{"@type":"x"}}}`, 409,
			lro.Status{Code: lro.CodeAborted, Message: "m", Details: raws(`{"@type":"x"}`)}},
		{"no message, as the Spanner emulator answers", `{"code":12}`, 501,
			lro.Status{Code: lro.CodeUnimplemented, Message: "Not Implemented"}},
		{"no JSON", page, 404,
			lro.Status{Code: lro.CodeNotFound, Message: "Not Found; the body of 54 bytes (application/json) is no google.rpc.Status"}},
		{"null among details", `{"code":5,"message":"m","details":[null,{"@type":"x"}]}`, 404,
			lro.Status{Code: lro.CodeNotFound, Message: "m", Details: raws(`{"@type":"x"}`)}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			err := serve(t, answer(row.status, row.body)).client(t).DeleteOperation(t.Context(), operationRef)
			want := &activities.Error{Method: "DeleteOperation", HTTP: row.status, Status: row.want}
			if diff := cmp.Diff(want, failureOf(t, err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
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
		want   activities.Class
		reason string
	}{
		{"RATE_LIMIT_EXCEEDED", activities.ClassTransient, "quota"},
		{"RESOURCE_QUOTA_EXCEEDED", activities.ClassTransient, "quota"},
		{"RESOURCE_EXHAUSTED", activities.ClassTransient, "quota"},
		{"rateLimitExceeded", activities.ClassTransient, "quota"},
		{"userRateLimitExceeded", activities.ClassTransient, "quota"},
		{"quotaExceeded", activities.ClassTransient, "quota"},
		{"dailyLimitExceeded", activities.ClassTransient, "quota"},
		{"concurrentLimitExceeded", activities.ClassTransient, "quota"},
		{"rateLimitExceededUnreg", activities.ClassTransient, "quota"},
		{"variableTermLimitExceeded", activities.ClassTransient, "quota"},
		{"IAM_PERMISSION_DENIED", activities.ClassBlocked, "a grant is missing"},
		{"forbidden", activities.ClassBlocked, "a grant is missing"},
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
	const info = `{"error":{"status":"UNAVAILABLE","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7.5s"}]}}`
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
