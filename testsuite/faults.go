package testsuite

import (
	"fmt"
	"net/http"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/awaitop/awaitop/lro"
)

// googleDomain is the domain of the ErrorInfo that Google's front ends send.
const googleDomain = "googleapis.com"

func replace(with reply) Fault { return Fault{effect: effect{reply: &with}} }

// FailWith answers with an error instead of acting; details are as for [Fail].
func FailWith(code lro.Code, message string, details ...any) Fault {
	status, err := newStatus(code, message, details)
	fault := replace(reply{status: status})
	fault.effect.err = err
	return fault
}

// Unavailable answers UNAVAILABLE (HTTP 503).
func Unavailable() Fault {
	return FailWith(lro.CodeUnavailable, "the service is currently unavailable")
}

// RateLimited answers RESOURCE_EXHAUSTED (HTTP 429) with the ErrorInfo of a
// quota and a RetryInfo of the given delay; no RetryInfo if that is 0.
func RateLimited(retry time.Duration) Fault {
	details := []any{&errdetails.ErrorInfo{Reason: "RATE_LIMIT_EXCEEDED", Domain: googleDomain, Metadata: map[string]string{
		"quota_limit": "AdminMethodQuotaPerMinutePerProject", "service": lro.SpannerService,
	}}}
	if retry > 0 {
		details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(retry)})
	}
	return FailWith(lro.CodeResourceExhausted, "quota exceeded for AdminMethodQuotaPerMinutePerProject", details...)
}

// QuotaDenied answers PERMISSION_DENIED (HTTP 403) for want of quota, not of a
// grant: the ErrorInfo says RATE_LIMIT_EXCEEDED. Some of Google's services do.
func QuotaDenied() Fault {
	return FailWith(lro.CodePermissionDenied, "rate limit exceeded",
		&errdetails.ErrorInfo{Reason: "RATE_LIMIT_EXCEEDED", Domain: googleDomain})
}

// PermissionDenied answers PERMISSION_DENIED (HTTP 403) as a missing IAM grant
// does.
func PermissionDenied() Fault {
	return FailWith(lro.CodePermissionDenied, "the caller does not have permission",
		&errdetails.ErrorInfo{Reason: "IAM_PERMISSION_DENIED", Domain: "iam.googleapis.com"})
}

// Unauthenticated answers UNAUTHENTICATED (HTTP 401) as an expired token does.
func Unauthenticated() Fault {
	return FailWith(lro.CodeUnauthenticated, "request had invalid authentication credentials",
		&errdetails.ErrorInfo{Reason: "ACCESS_TOKEN_EXPIRED", Domain: googleDomain})
}

// NotFound answers NOT_FOUND (HTTP 404), whether the resource exists or not.
func NotFound() Fault { return FailWith(lro.CodeNotFound, "the resource was not found") }

// HTMLPage answers with a proxy's or load balancer's error page: the given HTTP
// status, 200 to 599, and HTML that holds no google.rpc.Status.
func HTMLPage(status int) Fault {
	page := fmt.Sprintf("<!DOCTYPE html>\n<html><title>Error %d (%s)</title><p>That's an error.</html>\n", status, http.StatusText(status))
	return Body(status, "text/html; charset=UTF-8", page)
}

// Body answers with the given HTTP status, 200 to 599, content type and body: for
// JSON that is no operation, half a JSON, or an operation of an odd shape. Over gRPC, see
// [Service.Handler].
func Body(status int, contentType, body string) Fault {
	fault := replace(reply{http: status, contentType: contentType, body: []byte(body)})
	if status < 200 || status > 599 {
		fault.effect.err = fmt.Errorf("%d is no final HTTP status, which are 200 to 599", status)
	}
	return fault
}

// OlderError answers with an error in the older form, as Compute Engine and Cloud SQL do: an HTTP status, 400 to 599, a
// reason such as "operationInProgress" or "quotaExceeded", and a message.
func OlderError(status int, reason, message string) Fault {
	fault := replace(reply{status: &lro.Status{Code: lro.StandInCode(status), Message: message}, reason: reason, http: status})
	if status < 400 || status > 599 || reason == "" {
		fault.effect.err = fmt.Errorf("HTTP %d with the reason %q is no error of the older form: want 400 to 599, and a reason", status, reason)
	}
	return fault
}

// DroppedConnection breaks the connection before the service acts.
func DroppedConnection() Fault { return replace(reply{drop: true}) }

// LostReply breaks the connection after the service has acted: the operation is
// started, canceled or deleted, and the caller does not learn of it. With [Slow]
// the delay is between the two.
func LostReply() Fault {
	fault := DroppedConnection()
	fault.effect.acts = true
	return fault
}

// CutReply breaks the connection in the middle of the reply's body.
func CutReply() Fault { return Fault{effect: effect{cut: true}} }

// EarlyReply answers a WaitOperation at once, whatever its timeout, as a service under load may.
func EarlyReply() Fault { return Fault{effect: effect{early: true}} }

// Slow delays what the service does, and its reply, by d on its clock.
func Slow(d time.Duration) Fault { return Fault{delay: d} }
