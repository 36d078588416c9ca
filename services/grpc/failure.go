package grpc

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	"github.com/awaitop/awaitop/internal/grpcstatus"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// answer is what a request has shown of its answer, beside the message. It tells the service's own
// statuses from those that the gRPC library makes.
type answer struct {
	header, trailer metadata.MD
	peer            peer.Peer
	most            int
}

// options make a request fill in the answer.
func (a *answer) options(most int) []grpc.CallOption {
	a.most = most
	return []grpc.CallOption{grpc.Header(&a.header), grpc.Trailer(&a.trailer), grpc.Peer(&a.peer), grpc.MaxCallRecvMsgSize(most)}
}

// contentType is a header of every answer of gRPC, and of no other: the library leaves it out unless its
// value is gRPC's.
const contentType = "content-type"

// isBare reports whether the answer was a status without a message, as nearly all errors of services.
func (a *answer) isBare() bool { return len(a.trailer.Get(contentType)) > 0 }

// began reports whether an answer with a message began to come.
func (a *answer) began() bool { return len(a.header.Get(contentType)) > 0 }

// sent reports whether the request has left.
func (a *answer) sent() bool { return a.peer.Addr != nil }

// failure is the error of a request.
func (a *answer) failure(method string, err error, types []lro.Types) error {
	if token := (*tokenError)(nil); errors.As(err, &token) {
		return &lro.Error{Method: method, NoStatus: true, Unsent: true, Status: token.status, Cause: err}
	}
	failed := grpcstatus.Error(method, err, types...)
	switch {
	case failed == nil:
		return &lro.Error{Method: method, NoStatus: true, Status: requests.LostStatus("no reply", err), Cause: err}
	case !a.isBare() && !a.began():
		return a.unanswered(failed)
	case a.began() && isTooLarge(failed.Status):
		failed.NoStatus, failed.HTTP = true, http.StatusOK
		failed.Status = lro.Status{Code: lro.CodeOutOfRange, Message: fmt.Sprintf("the reply is longer than the %d bytes of MaxReplySize", a.most)}
	case a.began() && len(a.trailer) == 0 && isBreak(failed.Status):
		failed.NoStatus, failed.HTTP = true, http.StatusOK
		failed.Status = lost("the reply was cut off", failed.Status)
	default:
		failed.HTTP = failed.Status.Code.HTTPStatus()
		failed.RetryAfter = max(failed.RetryAfter, retryAfter(a.header), retryAfter(a.trailer))
	}
	return failed
}

// unanswered is the error of a request to which no gRPC server has replied.
func (a *answer) unanswered(failed *lro.Error) *lro.Error {
	made := failed.Status
	failed.NoStatus, failed.Unsent, failed.RetryAfter = true, !a.sent(), 0
	failed.Cause = status.Error(codes.Code(made.Code), requests.LineOf(errors.New(made.Message))) //nolint:gosec // it comes from a codes.Code
	httpStatus, fromFrontEnd := frontEnd[made.Code]
	switch {
	case failed.Unsent && (made.Code == lro.CodeUnauthenticated || made.Code == lro.CodeInternal):
		// The credentials of another's connection have failed. Whether they were refused is not known.
		failed.Status = lro.Status{Code: lro.CodeUnavailable, Message: "no access token: " + requests.LineOf(errors.New(made.Message))}
	case !failed.Unsent && fromFrontEnd:
		failed.HTTP = httpStatus
		failed.Status = lro.Status{Code: lro.StandInCode(httpStatus), Message: fmt.Sprintf("HTTP %d %s without a google.rpc.Status", httpStatus, http.StatusText(httpStatus))}
	default:
		failed.Status = lost("no reply", made)
	}
	return failed
}

// frontEnd are the HTTP statuses of replies that are not gRPC's, by the code that the library makes of
// them (github.com/grpc/grpc, doc/http-grpc-status-mapping.md). Those with a code that may have other
// causes are not there.
var frontEnd = map[lro.Code]int{
	lro.CodeUnauthenticated:  http.StatusUnauthorized,
	lro.CodePermissionDenied: http.StatusForbidden,
	lro.CodeUnimplemented:    http.StatusNotFound,
}

// lost is the status of a request whose reply was lost, by the library's own.
func lost(what string, made lro.Status) lro.Status {
	code := lro.CodeUnavailable
	if made.Code == lro.CodeDeadlineExceeded {
		code = lro.CodeDeadlineExceeded
	}
	return lro.Status{Code: code, Message: what + ": " + requests.LineOf(errors.New(made.Message))}
}

// isBreak reports whether a status without details may be the library's, for a reply that broke off.
func isBreak(made lro.Status) bool {
	switch made.Code {
	case lro.CodeInternal, lro.CodeUnavailable, lro.CodeDeadlineExceeded, lro.CodeCanceled, lro.CodeUnknown:
		return len(made.Details) == 0
	default:
		return false
	}
}

// isTooLarge reports whether a status is the library's for a message that is too large. It has no type of
// its own, and its code is that of a quota error.
func isTooLarge(made lro.Status) bool {
	return made.Code == lro.CodeResourceExhausted && len(made.Details) == 0 &&
		strings.HasPrefix(made.Message, "grpc: ") && strings.Contains(made.Message, "larger than max")
}

// retryAfter is the advice of a front end, in seconds. It is 0 without one.
func retryAfter(header metadata.MD) time.Duration {
	for _, text := range header.Get("retry-after") {
		if seconds, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64); err == nil {
			return time.Duration(min(seconds, math.MaxInt64/uint64(time.Second))) * time.Second
		}
	}
	return 0
}
