package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// canceled cancels the operation, moves the clock and returns the state that
// follows.
func canceled(later time.Duration) func(bench) (any, error) {
	return func(b bench) (any, error) {
		if err := b.client.CancelOperation(b.ctx, b.ref); err != nil {
			return nil, err
		}
		b.clock.Advance(later)
		op, err := b.client.GetOperation(b.ctx, b.ref)
		return op.State(), err
	}
}

func cancelRows() []row {
	return []row{
		{
			name: "honored", reason: "the operation ends with CANCELLED",
			script: testsuite.Script{RunsFor: time.Hour}, run: canceled(0), want: lro.StateCanceled,
		},
		{
			name: "honored later", reason: "an accepted cancel is no ended operation",
			script: testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.HonorCancel(time.Minute)}, run: canceled(0), want: lro.StateRunning,
		},
		{
			name: "lost race", reason: "success stays success",
			script: testsuite.Script{RunsFor: time.Minute, OnCancel: testsuite.HonorCancel(time.Hour)}, run: canceled(time.Hour), want: lro.StateSucceeded,
		},
		{
			name: "ended before", reason: "an operation that is done accepts a cancel",
			run: canceled(0), want: lro.StateSucceeded,
		},
		{
			name: "unsupported", reason: "UNIMPLEMENTED arrives as such",
			script: testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.RefuseCancel(lro.CodeUnimplemented, "no cancel here")}, run: canceled(0),
			failure: &expected{class: lro.ClassUnsupported, code: lro.CodeUnimplemented, http: 501},
		},
		{
			name: "refused", reason: "PERMISSION_DENIED arrives as such",
			script: testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.RefuseCancel(lro.CodePermissionDenied, "no")}, run: canceled(0),
			failure: &expected{class: lro.ClassBlocked, code: lro.CodePermissionDenied, http: 403},
		},
		{
			name: "not found", reason: "NOT_FOUND arrives as such",
			script: testsuite.Script{RunsFor: time.Hour, OnCancel: testsuite.RefuseCancel(lro.CodeNotFound, "not here")}, run: canceled(0),
			failure: &expected{class: lro.ClassNotFound, code: lro.CodeNotFound, http: 404},
		},
	}
}

func remove(b bench) (any, error) {
	if err := b.client.DeleteOperation(b.ctx, b.ref); err != nil {
		return nil, err
	}
	return b.client.GetOperation(b.ctx, b.ref)
}

func deleteRows() []row {
	return []row{
		{
			name: "deleted", reason: "the record is gone",
			run: remove, failure: &expected{class: lro.ClassNotFound, code: lro.CodeNotFound, http: 404},
		},
		{
			name: "not canceled", reason: "a delete is no cancel",
			script: testsuite.Script{RunsFor: time.Hour},
			run: func(b bench) (any, error) {
				err := b.client.DeleteOperation(b.ctx, b.ref)
				return len(b.service.Running()), err
			},
			want: 1,
		},
		{
			name: "unsupported", reason: "UNIMPLEMENTED arrives as such",
			options: testsuite.Options{Faults: []testsuite.Fault{testsuite.FailWith(lro.CodeUnimplemented, "no delete here").On(testsuite.MethodDelete)}}, run: remove,
			failure: &expected{class: lro.ClassUnsupported, code: lro.CodeUnimplemented, http: 501},
		},
		{
			name: "not there", reason: "nor can what is not there be deleted",
			script: testsuite.Script{HiddenFor: time.Hour}, run: remove,
			failure: &expected{class: lro.ClassNotFound, code: lro.CodeNotFound, http: 404},
		},
	}
}

// disturbed is a Get under a fault.
func disturbed(name, reason string, fault testsuite.Fault, want expected) row {
	return row{name: name, reason: reason, options: testsuite.Options{Faults: []testsuite.Fault{fault}}, run: get, failure: &want}
}

func errorRows() []row {
	const transient, blocked = lro.ClassTransient, lro.ClassBlocked
	const advised = time.Second // short, should the client heed it itself
	return []row{
		disturbed("503", "the service is down", testsuite.Unavailable(), expected{class: transient, code: lro.CodeUnavailable, http: 503}),
		disturbed("500", "the service failed", testsuite.FailWith(lro.CodeInternal, "oops"), expected{class: transient, code: lro.CodeInternal, http: 500}),
		disturbed("429", "RetryInfo is advice", testsuite.RateLimited(advised), expected{
			class: lro.ClassQuota, code: lro.CodeResourceExhausted, http: 429, reason: "RATE_LIMIT_EXCEEDED", retryAfter: advised,
		}),
		disturbed("Retry-After", "so is the header", testsuite.Unavailable().WithRetryAfter(advised), expected{
			class: transient, code: lro.CodeUnavailable, http: 503, retryAfter: advised,
		}),
		disturbed("quota 403", "a quota's 403 says not so fast", testsuite.QuotaDenied(), expected{
			class: lro.ClassQuota, code: lro.CodePermissionDenied, http: 403, reason: "RATE_LIMIT_EXCEEDED",
		}),
		disturbed("403", "a grant is missing", testsuite.PermissionDenied(), expected{
			class: blocked, code: lro.CodePermissionDenied, http: 403, reason: "IAM_PERMISSION_DENIED",
		}),
		disturbed("401", "a token has expired", testsuite.Unauthenticated(), expected{
			class: blocked, code: lro.CodeUnauthenticated, http: 401, reason: "ACCESS_TOKEN_EXPIRED",
		}),
		disturbed("FAILED_PRECONDITION", "the status in the body counts, not HTTP's 400", testsuite.FailWith(lro.CodeFailedPrecondition, "no"), expected{
			class: lro.ClassPermanent, code: lro.CodeFailedPrecondition, http: 400,
		}),
		disturbed("unknown detail", "a detail of an unknown type costs no other",
			testsuite.FailWith(lro.CodeUnavailable, "no", exactJSON, map[string]any{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "KEPT"}),
			expected{class: transient, code: lro.CodeUnavailable, http: 503, reason: "KEPT"}),
		disturbed("404", "it is not there", testsuite.NotFound(), expected{class: lro.ClassNotFound, code: lro.CodeNotFound, http: 404}),
		disturbed("cut off", "half a body too", testsuite.CutReply(), expected{class: transient}),
		disturbed("dropped", "a broken connection too", testsuite.DroppedConnection(), expected{class: transient}),
		{
			name: "context ends", reason: "a caller that gives up is not kept waiting, and told why",
			options: testsuite.Options{Faults: []testsuite.Fault{testsuite.Slow(time.Hour)}}, run: givenUp, want: true,
		},
	}
}

// httpErrorRows are replies over HTTP that are not the API's.
func httpErrorRows() []row {
	const transient = lro.ClassTransient
	return []row{
		disturbed("HTML 502", "a proxy's page says nothing of the operation", testsuite.HTMLPage(502), expected{class: transient, http: 502}),
		disturbed("HTML 400", "a front end's page is not the API's word", testsuite.HTMLPage(400), expected{class: lro.ClassNoStatus, http: 400}),
		disturbed("HTML 404", "nor is it that the operation is gone", testsuite.HTMLPage(404), expected{class: lro.ClassNoStatus, http: 404}),
		disturbed("HTML 501", "nor that there is no such method", testsuite.HTMLPage(501), expected{class: transient, http: 501}),
		disturbed("HTML 200", "nor does a page with 200", testsuite.HTMLPage(200), expected{class: transient}),
		disturbed("malformed", "half a JSON may be whole the next time", testsuite.Body(http.StatusOK, "application/json", `{"name": "projects/`), expected{class: transient}),
		disturbed("no operation", "JSON of something else stays that", testsuite.Body(http.StatusOK, "application/json", `{"kind": "something#else"}`), expected{class: lro.ClassProtocol}),
	}
}

// givenUp gives a slow read up once the service has it.
func givenUp(b bench) (any, error) {
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	go func() {
		if b.clock.BlockUntil(b.ctx, 1) == nil {
			cancel()
		}
	}()
	_, err := b.client.GetOperation(ctx, b.ref)
	return errors.Is(err, context.Canceled), nil
}

func refusedRows() []row {
	bad := map[string]lro.Ref{
		"empty":         {Service: lro.SpannerService},
		"no service":    {Name: operationName},
		"URL":           {Service: "https://evil.example", Name: operationName},
		"traversal":     {Service: lro.SpannerService, Name: "projects/p/../q/operations/o"},
		"query":         {Service: lro.SpannerService, Name: operationName + "?alt=media"},
		"verb":          {Service: lro.SpannerService, Name: operationName + ":cancel"},
		"leading slash": {Service: lro.SpannerService, Name: "/" + operationName},
		"other service": {Service: "unknown.example.com", Name: operationName},
		"resource":      {Service: lro.SpannerService, Name: "projects/p/instances/i"},
		"child":         {Service: lro.SpannerService, Name: "projects/p/instances/i/databases/d"},
		"other form":    {Service: lro.SpannerService, Name: "projects/p/tables/operations/o"},
		"not ASCII":     {Service: lro.SpannerService, Name: operationName + "ü"},
	}
	return refusedOf(bad)
}

// refusedOf are a row for each Ref that is refused.
func refusedOf(bad map[string]lro.Ref) []row {
	var rows []row
	for name, ref := range bad {
		rows = append(rows, row{
			name: name, reason: "it is refused by every method before anything is sent",
			run:  func(b bench) (any, error) { return refusals(b, ref) },
			want: "invalid invalid invalid invalid, 0 calls",
		})
	}
	return rows
}

func refusals(b bench, ref lro.Ref) (any, error) {
	_, got := b.client.GetOperation(b.ctx, ref)
	_, listed := b.client.ListOperations(b.ctx, lro.ListRequest{Collection: lro.Collection(ref)})
	text := ""
	for _, err := range []error{got, b.client.CancelOperation(b.ctx, ref), b.client.DeleteOperation(b.ctx, ref), listed} {
		text += string(lro.Classify(err)) + " "
	}
	return fmt.Sprintf("%s, %d calls", text[:len(text)-1], b.service.Count()), nil
}
