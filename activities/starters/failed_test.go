package starters

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/awaitop/awaitop/lro"
)

func ofAPI(code lro.Code) error { return &lro.Error{Status: lro.Status{Code: code}} }

func ofFrontEnd(http int) error {
	return &lro.Error{HTTP: http, NoStatus: true, Status: lro.Status{Code: lro.StandInCode(http)}}
}

// What an error of a call means for a start.
func TestErrorsOfACall(t *testing.T) {
	t.Parallel()
	rows := []struct {
		reason  string
		err     error
		acted   bool // it may have
		mayPass bool
	}{
		{reason: "the API's refusal", err: ofAPI(lro.CodePermissionDenied)},
		{reason: "the API's 401", err: ofAPI(lro.CodeUnauthenticated)},
		{reason: "a wrong request", err: ofAPI(lro.CodeInvalidArgument)},
		{reason: "a missing parent", err: ofAPI(lro.CodeNotFound)},
		{reason: "a quota", err: ofAPI(lro.CodeResourceExhausted), mayPass: true},
		{reason: "a name that is taken", err: ofAPI(lro.CodeAlreadyExists), acted: true},
		{reason: "the API is down", err: ofAPI(lro.CodeUnavailable), acted: true, mayPass: true},
		{reason: "a front end's 403", err: ofFrontEnd(403), acted: true, mayPass: true},
		{reason: "a front end's 401", err: ofFrontEnd(401), acted: true, mayPass: true},
		{reason: "a front end's 404", err: ofFrontEnd(404), acted: true, mayPass: true},
		{reason: "a front end's 502", err: ofFrontEnd(502), acted: true, mayPass: true},
		{reason: "no access token", err: &lro.Error{NoStatus: true, Unsent: true, Status: lro.Status{Code: lro.CodeUnauthenticated}}},
		{reason: "what was not sent", err: &lro.InvalidError{Field: "target"}},
		{reason: "an answer that is no operation", err: lro.ErrNotOperation, acted: true},
		{reason: "an error that says nothing of the service", err: errors.New("connection reset"), acted: true, mayPass: true},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if got := mayHaveActed(row.err); got != row.acted {
				t.Errorf("may have acted: %t, want %t", got, row.acted)
			}
			if got := mayPass(row.err); got != row.mayPass {
				t.Errorf("may pass: %t, want %t", got, row.mayPass)
			}
		})
	}
}

func TestDelay(t *testing.T) {
	t.Parallel()
	quota, advised := ofAPI(lro.CodeResourceExhausted), &lro.Error{RetryAfter: 2 * time.Minute, Status: lro.Status{Code: lro.CodeResourceExhausted}}
	called := &Known{}
	rows := []struct {
		reason  string
		claim   claim
		err     error
		attempt int32
		random  float64
		want    time.Duration
	}{
		{"the caller's to choose", claim{}, ofAPI(lro.CodeUnavailable), 1, 1, 0},
		{"the service's advice", claim{}, &lro.Error{RetryAfter: 7 * time.Second}, 1, 1, 7 * time.Second},
		{"a quota", claim{}, quota, 1, 0, 5 * time.Second},
		{"a quota, by random", claim{}, quota, 1, 1, 6250 * time.Millisecond},
		{"a quota again", claim{}, quota, 3, 0, 20 * time.Second},
		{"a quota for long", claim{}, quota, 50, 0, time.Minute},
		{"a quota with advice", claim{}, advised, 1, 0, 2 * time.Minute},
		{"a change that may have been made", claim{changes: true, known: called}, ofAPI(lro.CodeUnavailable), 1, 0, ambiguousDelay},
		{"a change by an id", claim{changes: true, known: &Known{OperationID: "key"}}, ofAPI(lro.CodeUnavailable), 1, 0, 0},
		{"a change that was not sent", claim{changes: true}, ofAPI(lro.CodeUnavailable), 1, 0, 0},
		{"what may have been made", claim{known: called}, ofAPI(lro.CodeUnavailable), 1, 0, 0},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if got := row.claim.delay(row.err, row.attempt, row.random); got != row.want {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}

func TestMayRun(t *testing.T) {
	t.Parallel()
	called, look := claim{known: &Known{}}, claim{input: StartInput{AdoptOnly: true}}
	rows := []struct {
		reason string
		claim  claim
		err    error
		want   bool
	}{
		{"no call was made", claim{}, ofAPI(lro.CodePermissionDenied), false},
		{"a call may have acted", called, ofAPI(lro.CodePermissionDenied), true},
		{"a look failed", look, ofAPI(lro.CodePermissionDenied), true},
		{"the target is a stranger's", called, ofAPI(lro.CodeAlreadyExists), false},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			if got := row.claim.mayRun(row.err); got != row.want {
				t.Errorf("got %t, want %t", got, row.want)
			}
		})
	}
}

func TestErrorsOfGRPC(t *testing.T) {
	t.Parallel()
	refused, err := status.New(codes.PermissionDenied, "no grant").WithDetails(
		&errdetails.ErrorInfo{Reason: "IAM_PERMISSION_DENIED", Domain: "iam.googleapis.com"},
		&errdetails.RetryInfo{RetryDelay: durationpb.New(3 * time.Second)},
	)
	if err != nil {
		t.Fatal(err)
	}
	proto := refused.Proto()
	proto.Details = append(proto.Details, &anypb.Any{TypeUrl: "type.googleapis.com/acme.Unknown", Value: []byte("abc")})
	got := clientError("CreateThing", fmt.Errorf("create: %w", status.ErrorProto(proto)))
	var failed *lro.Error
	if !errors.As(got, &failed) {
		t.Fatalf("got %T", got)
	}
	if reason, _ := failed.Status.Reason(); failed.Method != "CreateThing" || failed.Status.Code != lro.CodePermissionDenied || reason != "IAM_PERMISSION_DENIED" || failed.RetryAfter != 3*time.Second {
		t.Errorf("got %+v", failed)
	}
	if n := len(failed.Status.Details); n != 3 || string(failed.Status.Details[2]) != `{"@type":"type.googleapis.com/acme.Unknown","@value":"YWJj"}` {
		t.Errorf("got %d details, the last %s", n, failed.Status.Details[n-1])
	}
	for _, err := range []error{nil, errors.New("x"), ofAPI(lro.CodeInternal), &lro.InvalidError{}} {
		if got := clientError("m", err); !errors.Is(got, err) {
			t.Errorf("%v became %v", err, got)
		}
	}
}
