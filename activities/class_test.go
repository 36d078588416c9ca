package activities_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/code"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// TestClassifyCode has a row for every code of google.rpc, and fails if
// google.rpc gets one that has none.
func TestClassifyCode(t *testing.T) {
	t.Parallel()
	rows := map[lro.Code]struct {
		want   activities.Class
		reason string
	}{
		lro.CodeOK:                 {activities.ClassTransient, "a failed request with code OK is some proxy's mistake"},
		lro.CodeCanceled:           {activities.ClassTransient, "the request was canceled on its way, not the operation"},
		lro.CodeUnknown:            {activities.ClassTransient, "whatever is not listed is retried: only the service may end a wait"},
		lro.CodeInvalidArgument:    {activities.ClassPermanent, "the name is wrong and stays wrong"},
		lro.CodeDeadlineExceeded:   {activities.ClassTransient, "a slow read: 408, 504 and the request's own timeout"},
		lro.CodeNotFound:           {activities.ClassNotFound, "its grace window is another than that of the rest"},
		lro.CodeAlreadyExists:      {activities.ClassTransient, "no answer to a read; unlisted"},
		lro.CodePermissionDenied:   {activities.ClassBlocked, "a grant can come back: IAM changes take minutes"},
		lro.CodeResourceExhausted:  {activities.ClassTransient, "quota comes back by the minute"},
		lro.CodeFailedPrecondition: {activities.ClassPermanent, "HTTP 400, as INVALID_ARGUMENT is"},
		lro.CodeAborted:            {activities.ClassTransient, "HTTP 409: a conflict passes"},
		lro.CodeOutOfRange:         {activities.ClassPermanent, "HTTP 400; and a reply too large stays too large"},
		lro.CodeUnimplemented:      {activities.ClassPermanent, "HTTP 501: the method does not come into being by waiting"},
		lro.CodeInternal:           {activities.ClassTransient, "HTTP 500"},
		lro.CodeUnavailable:        {activities.ClassTransient, "HTTP 502, 503 and a network that is down"},
		lro.CodeDataLoss:           {activities.ClassTransient, "HTTP 500 too: no read of an operation says that it lost data"},
		lro.CodeUnauthenticated:    {activities.ClassBlocked, "credentials can be renewed"},
		lro.Code(99):               {activities.ClassTransient, "a code of the future is treated as UNKNOWN"},
	}
	for number, name := range code.Code_name {
		if _, ok := rows[lro.Code(number)]; !ok {
			t.Errorf("no row for %s", name)
		}
	}
	for given, row := range rows {
		t.Run(fmt.Sprintf("%d %s", given, given), func(t *testing.T) {
			t.Parallel()
			err := &activities.Error{Method: "GetOperation", Status: lro.Status{Code: given}}
			if diff := cmp.Diff(row.want, activities.Classify(err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
			if diff := cmp.Diff(row.want, activities.Classify(fmt.Errorf("poll: %w", err))); diff != "" {
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
		want   activities.Class
		reason string
	}{
		{lro.CodePermissionDenied, "RATE_LIMIT_EXCEEDED", activities.ClassTransient, quota},
		{lro.CodePermissionDenied, "RESOURCE_QUOTA_EXCEEDED", activities.ClassTransient, quota},
		{lro.CodePermissionDenied, "RESOURCE_EXHAUSTED", activities.ClassTransient, quota},
		{lro.CodePermissionDenied, "rateLimitExceeded", activities.ClassTransient, quota},
		{lro.CodePermissionDenied, "userRateLimitExceeded", activities.ClassTransient, quota},
		{lro.CodePermissionDenied, "quotaExceeded", activities.ClassTransient, quota},
		{lro.CodePermissionDenied, "dailyLimitExceeded", activities.ClassTransient, quota},
		{lro.CodePermissionDenied, "concurrentLimitExceeded", activities.ClassTransient, quota},
		{lro.CodePermissionDenied, "rateLimitExceededUnreg", activities.ClassTransient, quota},
		{lro.CodePermissionDenied, "variableTermLimitExceeded", activities.ClassTransient, quota},
		{lro.CodeUnauthenticated, "RATE_LIMIT_EXCEEDED", activities.ClassTransient, "the quota of calls without a project answers 401"},
		{lro.CodePermissionDenied, "IAM_PERMISSION_DENIED", activities.ClassBlocked, "a missing grant"},
		{lro.CodePermissionDenied, "SERVICE_DISABLED", activities.ClassBlocked, "the API can be enabled, as a grant can be given"},
		{lro.CodePermissionDenied, "BILLING_DISABLED", activities.ClassBlocked, "billing can be enabled"},
		{lro.CodePermissionDenied, "forbidden", activities.ClassBlocked, "the older form's word for a missing grant"},
		{lro.CodePermissionDenied, "rate_limit_exceeded", activities.ClassBlocked, "reasons are compared as they are"},
		{lro.CodePermissionDenied, "", activities.ClassBlocked, "no reason, no excuse"},
		{lro.CodeUnauthenticated, "ACCESS_TOKEN_EXPIRED", activities.ClassBlocked, "a token can be renewed"},
		{lro.CodeInvalidArgument, "RATE_LIMIT_EXCEEDED", activities.ClassPermanent, "a reason excuses 401 and 403 alone"},
		{lro.CodeNotFound, "rateLimitExceeded", activities.ClassNotFound, "a reason excuses 401 and 403 alone"},
		{lro.CodeResourceExhausted, "", activities.ClassTransient, "429 needs no reason"},
		{lro.CodeResourceExhausted, "IAM_PERMISSION_DENIED", activities.ClassTransient, "a reason blocks nothing"},
	}
	for _, row := range rows {
		t.Run(row.code.String()+" "+row.given, func(t *testing.T) {
			t.Parallel()
			info, err := json.Marshal(map[string]string{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": row.given, "domain": "googleapis.com"})
			if err != nil {
				t.Fatal(err)
			}
			failed := &activities.Error{Status: lro.Status{Code: row.code, Details: []json.RawMessage{[]byte(`{"@type":"type.googleapis.com/unknown.Type"}`), info}}}
			if diff := cmp.Diff(row.want, activities.Classify(failed)); diff != "" {
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
		want   activities.Class
		reason string
	}{
		{"refused input", invalid, activities.ClassInvalid, "nothing was sent"},
		{"refused input, wrapped", fmt.Errorf("get: %w", invalid), activities.ClassInvalid, "wrapping changes nothing"},
		{"no operation", notOperation, activities.ClassProtocol, "JSON of another shape is another method's"},
		{"no operation, in a reply", &activities.Error{HTTP: 200, Cause: notOperation}, activities.ClassProtocol, "the cause counts before the code"},
		{"no JSON", notJSON, activities.ClassTransient, "a proxy's page, or a reply cut off"},
		{"no JSON, in a reply", &activities.Error{HTTP: 200, Status: lro.Status{Code: lro.CodeUnknown}, Cause: notJSON}, activities.ClassTransient, "an undecodable 200 is transient"},
		{"context", context.Canceled, activities.ClassTransient, "the end of a context says nothing about the service"},
		{"any other error", errors.New("what is this"), activities.ClassTransient, "only the service may end a wait"},
		{"joined", errors.Join(errors.New("and"), &activities.Error{Status: lro.Status{Code: lro.CodeNotFound}}), activities.ClassNotFound, "found at any depth"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(row.want, activities.Classify(row.err)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
		})
	}
}
