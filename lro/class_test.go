package lro_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/code"

	"github.com/awaitop/awaitop/lro"
)

// TestClassifyCode has a row for every code of google.rpc, and fails if
// google.rpc gets one that has none.
func TestClassifyCode(t *testing.T) {
	t.Parallel()
	rows := map[lro.Code]struct {
		want   lro.Class
		reason string
	}{
		lro.CodeOK:                 {lro.ClassTransient, "a failed request with code OK is some proxy's mistake"},
		lro.CodeCanceled:           {lro.ClassTransient, "the request was canceled on its way, not the operation"},
		lro.CodeUnknown:            {lro.ClassTransient, "whatever is not listed is retried: only the service may end a wait"},
		lro.CodeInvalidArgument:    {lro.ClassPermanent, "the name is wrong and stays wrong"},
		lro.CodeDeadlineExceeded:   {lro.ClassTransient, "a slow read: 408, 504 and the request's own timeout"},
		lro.CodeNotFound:           {lro.ClassNotFound, "its grace window is another than that of the rest"},
		lro.CodeAlreadyExists:      {lro.ClassExists, "a start looks whose it is"},
		lro.CodePermissionDenied:   {lro.ClassBlocked, "a grant can come back: IAM changes take minutes"},
		lro.CodeResourceExhausted:  {lro.ClassQuota, "quota comes back by the minute"},
		lro.CodeFailedPrecondition: {lro.ClassPermanent, "HTTP 400, as INVALID_ARGUMENT is"},
		lro.CodeAborted:            {lro.ClassTransient, "HTTP 409: a conflict passes"},
		lro.CodeOutOfRange:         {lro.ClassPermanent, "HTTP 400"},
		lro.CodeUnimplemented:      {lro.ClassUnsupported, "HTTP 501: the method does not come into being by waiting"},
		lro.CodeInternal:           {lro.ClassTransient, "HTTP 500"},
		lro.CodeUnavailable:        {lro.ClassTransient, "HTTP 502, 503 and a network that is down"},
		lro.CodeDataLoss:           {lro.ClassTransient, "HTTP 500 too: no read of an operation says that it lost data"},
		lro.CodeUnauthenticated:    {lro.ClassBlocked, "credentials can be renewed"},
		lro.Code(99):               {lro.ClassTransient, "a code of the future is treated as UNKNOWN"},
	}
	for number, name := range code.Code_name {
		if _, ok := rows[lro.Code(number)]; !ok {
			t.Errorf("no row for %s", name)
		}
	}
	for given, row := range rows {
		t.Run(fmt.Sprintf("%d %s", given, given), func(t *testing.T) {
			t.Parallel()
			err := &lro.Error{Method: "GetOperation", Status: lro.Status{Code: given}}
			if diff := cmp.Diff(row.want, lro.Classify(err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
			if diff := cmp.Diff(row.want, lro.Classify(fmt.Errorf("poll: %w", err))); diff != "" {
				t.Errorf("wrapped: %s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

func TestClassifyReason(t *testing.T) {
	t.Parallel()
	const quota = "a quota that says so with 403 is no missing grant"
	rows := []struct {
		code   lro.Code
		given  string
		want   lro.Class
		reason string
	}{
		{lro.CodePermissionDenied, "RATE_LIMIT_EXCEEDED", lro.ClassQuota, quota},
		{lro.CodePermissionDenied, "RESOURCE_QUOTA_EXCEEDED", lro.ClassQuota, quota},
		{lro.CodePermissionDenied, "RESOURCE_EXHAUSTED", lro.ClassQuota, quota},
		{lro.CodePermissionDenied, "rateLimitExceeded", lro.ClassQuota, quota},
		{lro.CodePermissionDenied, "userRateLimitExceeded", lro.ClassQuota, quota},
		{lro.CodePermissionDenied, "quotaExceeded", lro.ClassQuota, quota},
		{lro.CodePermissionDenied, "dailyLimitExceeded", lro.ClassQuota, quota},
		{lro.CodePermissionDenied, "concurrentLimitExceeded", lro.ClassQuota, quota},
		{lro.CodePermissionDenied, "rateLimitExceededUnreg", lro.ClassQuota, quota},
		{lro.CodePermissionDenied, "variableTermLimitExceeded", lro.ClassQuota, quota},
		{lro.CodeUnauthenticated, "RATE_LIMIT_EXCEEDED", lro.ClassQuota, "the quota of calls without a project answers 401"},
		{lro.CodePermissionDenied, "IAM_PERMISSION_DENIED", lro.ClassBlocked, "a missing grant"},
		{lro.CodePermissionDenied, "SERVICE_DISABLED", lro.ClassDisabled, "the API may have been enabled a moment ago"},
		{lro.CodePermissionDenied, "accessNotConfigured", lro.ClassDisabled, "the older form's word for it"},
		{lro.CodePermissionDenied, "CONCURRENT_OPERATIONS_QUOTA_EXCEEDED", lro.ClassQuota, quota},
		{lro.CodePermissionDenied, "QUOTA_EXCEEDED_POLICY", lro.ClassBlocked, "not by its end"},
		{lro.CodeFailedPrecondition, "SERVICE_DISABLED", lro.ClassPermanent, "a reason excuses 401 and 403 alone"},
		{lro.CodePermissionDenied, "BILLING_DISABLED", lro.ClassBlocked, "billing can be enabled"},
		{lro.CodePermissionDenied, "forbidden", lro.ClassBlocked, "the older form's word for a missing grant"},
		{lro.CodePermissionDenied, "rate_limit_exceeded", lro.ClassBlocked, "reasons are compared as they are"},
		{lro.CodePermissionDenied, "", lro.ClassBlocked, "no reason, no excuse"},
		{lro.CodeUnauthenticated, "ACCESS_TOKEN_EXPIRED", lro.ClassBlocked, "a token can be renewed"},
		{lro.CodeInvalidArgument, "RATE_LIMIT_EXCEEDED", lro.ClassPermanent, "a reason excuses 401 and 403 alone"},
		{lro.CodeNotFound, "rateLimitExceeded", lro.ClassNotFound, "a reason excuses 401 and 403 alone"},
		{lro.CodeResourceExhausted, "", lro.ClassQuota, "429 needs no reason"},
		{lro.CodeResourceExhausted, "IAM_PERMISSION_DENIED", lro.ClassQuota, "a reason blocks nothing"},
	}
	for _, row := range rows {
		t.Run(row.code.String()+" "+row.given, func(t *testing.T) {
			t.Parallel()
			info, err := json.Marshal(map[string]string{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": row.given, "domain": "googleapis.com"})
			if err != nil {
				t.Fatal(err)
			}
			failed := &lro.Error{Status: lro.Status{Code: row.code, Details: []json.RawMessage{[]byte(`{"@type":"type.googleapis.com/unknown.Type"}`), info}}}
			if diff := cmp.Diff(row.want, lro.Classify(failed)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

func TestClassifyOther(t *testing.T) {
	t.Parallel()
	_, notOperation := lro.ParseOperation([]byte(`[]`))
	_, notJSON := lro.ParseOperation([]byte(`<html>`))
	invalid := &lro.InvalidError{Field: "ref.name"}
	rows := []struct {
		name   string
		err    error
		want   lro.Class
		reason string
	}{
		{"nothing", nil, "", "no error"},
		{"refused input", invalid, lro.ClassInvalid, "nothing was sent"},
		{"refused input, wrapped", fmt.Errorf("get: %w", invalid), lro.ClassInvalid, "wrapping changes nothing"},
		{"no operation", notOperation, lro.ClassProtocol, "JSON of another shape is another method's"},
		{"no operation, in a reply", &lro.Error{HTTP: 200, Cause: notOperation}, lro.ClassProtocol, "the cause counts before the code"},
		{"no JSON", notJSON, lro.ClassTransient, "a proxy's page, or a reply cut off"},
		{"no JSON, in a reply", &lro.Error{HTTP: 200, Status: lro.Status{Code: lro.CodeUnknown}, Cause: notJSON}, lro.ClassTransient, "an undecodable 200 is transient"},
		{"a success too large", &lro.Error{HTTP: 200, NoStatus: true, Status: lro.Status{Code: lro.CodeOutOfRange}}, lro.ClassUnreadable, "it was carried out, and stays too large"},
		{"another 2xx too large", &lro.Error{HTTP: 202, NoStatus: true, Status: lro.Status{Code: lro.CodeOutOfRange}}, lro.ClassUnreadable, "as 200"},
		{"the API's OUT_OF_RANGE, in a 200", &lro.Error{HTTP: 200, Status: lro.Status{Code: lro.CodeOutOfRange}}, lro.ClassPermanent, "the API's word that it was not"},
		{"context", context.Canceled, lro.ClassTransient, "the end of a context says nothing about the service"},
		{"any other error", errors.New("what is this"), lro.ClassTransient, "only the service may end a wait"},
		{"joined", errors.Join(errors.New("and"), &lro.Error{Status: lro.Status{Code: lro.CodeNotFound}}), lro.ClassNotFound, "found at any depth"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(row.want, lro.Classify(row.err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}

// TestClassifyNoStatus has a row for each HTTP status that means something, of replies
// without a google.rpc.Status.
func TestClassifyNoStatus(t *testing.T) {
	t.Parallel()
	rows := map[int]struct {
		code   lro.Code
		class  lro.Class
		reason string
	}{
		0:   {lro.CodeUnknown, lro.ClassTransient, "nothing came"},
		200: {lro.CodeUnknown, lro.ClassTransient, "a login page"},
		302: {lro.CodeUnknown, lro.ClassTransient, "a proxy's, as a login page"},
		400: {lro.CodeUnknown, lro.ClassNoStatus, "Google's front ends send some by mistake"},
		401: {lro.CodeUnauthenticated, lro.ClassBlocked, "credentials, whoever looks at them"},
		403: {lro.CodePermissionDenied, lro.ClassBlocked, "a firewall's too is to be mended"},
		404: {lro.CodeUnknown, lro.ClassNoStatus, "only the API knows what is not there"},
		405: {lro.CodeUnknown, lro.ClassNoStatus, "a wrong endpoint"},
		408: {lro.CodeDeadlineExceeded, lro.ClassTransient, "slow"},
		409: {lro.CodeUnknown, lro.ClassNoStatus, "no conflict of the API's"},
		410: {lro.CodeUnknown, lro.ClassNoStatus, "as 404"},
		412: {lro.CodeUnknown, lro.ClassNoStatus, "no precondition of the API's"},
		416: {lro.CodeUnknown, lro.ClassNoStatus, "no range was asked for"},
		429: {lro.CodeResourceExhausted, lro.ClassQuota, "whoever counts, it is too many"},
		499: {lro.CodeCanceled, lro.ClassTransient, "the request was given up on its way"},
		500: {lro.CodeInternal, lro.ClassTransient, "the service's bad day"},
		501: {lro.CodeUnavailable, lro.ClassTransient, "only the API knows its methods"},
		502: {lro.CodeUnavailable, lro.ClassTransient, "a proxy's bad day"},
		503: {lro.CodeUnavailable, lro.ClassTransient, "try later"},
		504: {lro.CodeDeadlineExceeded, lro.ClassTransient, "a proxy waited in vain"},
		599: {lro.CodeUnknown, lro.ClassTransient, "unlisted"},
	}
	for status, row := range rows {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			code := lro.StandInCode(status)
			if code != row.code {
				t.Errorf("%s: code %s, want %s", row.reason, code, row.code)
			}
			got := lro.Classify(&lro.Error{HTTP: status, NoStatus: true, Status: lro.Status{Code: code}})
			if got != row.class {
				t.Errorf("%s: class %q, want %q", row.reason, got, row.class)
			}
		})
	}
}

// TestClassTraits has a row for every class.
func TestClassTraits(t *testing.T) {
	t.Parallel()
	rows := map[lro.Class]struct {
		retryable, atOnce, mayAct bool
		reason                    string
	}{
		lro.ClassTransient:   {true, true, true, "a reply that was lost says nothing"},
		lro.ClassQuota:       {true, false, false, "it was turned away, and more tries make it worse"},
		lro.ClassNoStatus:    {true, true, true, "nobody's word"},
		lro.ClassBlocked:     {false, false, false, "a grant is given by somebody"},
		lro.ClassDisabled:    {true, false, false, "an API comes up in minutes"},
		lro.ClassNotFound:    {false, false, false, "its graces are the callers'"},
		lro.ClassExists:      {false, false, true, "a try before may have made it"},
		lro.ClassUnsupported: {false, false, false, "a method does not come into being"},
		lro.ClassPermanent:   {false, false, false, "the API refused it"},
		lro.ClassUnreadable:  {false, false, true, "it was a success, and stays too large"},
		lro.ClassProtocol:    {false, false, true, "it was a success, of something"},
		lro.ClassInvalid:     {false, false, false, "nothing was sent"},
	}
	if len(rows) != len(lro.Classes()) {
		t.Errorf("%d rows for the classes %q", len(rows), lro.Classes())
	}
	for class, row := range rows {
		if got := []bool{class.Retryable(), class.RetryableAtOnce(), class.MayHaveActed()}; !slices.Equal(got, []bool{row.retryable, row.atOnce, row.mayAct}) {
			t.Errorf("%s: %s: retryable, at once, may have acted = %v", class, row.reason, got)
		}
	}
}
