package starters

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// inTheWayReasons are the reasons, of both formats, of a refusal because another operation runs on the
// target.
var inTheWayReasons = map[string]bool{
	"operationInProgress": true, "OPERATION_IN_PROGRESS": true, // Cloud SQL
	"resourceNotReady": true, "RESOURCE_NOT_READY": true, // Compute Engine
	"CONCURRENT_OPERATION_IN_PROGRESS": true,
}

// inTheWayWords are those of such a refusal that has no reason, in small letters.
var inTheWayWords = []string{
	"another operation", "other operation", "incompatible operation", "concurrent operation", "pending operation",
	"operation in progress", "operation is in progress", "operation already in progress", "operation is already in progress",
	"operation is running", "operation is currently running", "operation was already in progress",
}

// namedInTheWay is the form of Kubernetes Engine's refusal, which has none of these words: "Operation
// operation-1558074043943-c4492e58 is currently upgrading cluster c. Please wait and try again once it is
// done." (github.com/hashicorp/terraform-provider-google, 3650).
var namedInTheWay = regexp.MustCompile(`(?i)\boperation \S+ is currently `)

// The names of operations in messages: the whole name, or the id in the form of GKE and Compute Engine.
var (
	operationName = regexp.MustCompile(`projects/[^\s"'` + "`" + `,;()]+/operations/[A-Za-z0-9_\-.]*[A-Za-z0-9_\-]`)
	operationID   = regexp.MustCompile(`\boperation-[0-9a-z][0-9a-z-]*[0-9a-z]\b`)
)

// inTheWay reports whether err refuses a call because another operation runs on the target, and the
// operation that the message names: its name, its id, or "".
func inTheWay(err error) (operation string, blocked bool) {
	var failed *lro.Error
	if !errors.As(err, &failed) || failed.NoStatus {
		return "", false
	}
	message := failed.Status.Message
	reason, _ := failed.Status.Reason()
	if !inTheWayReasons[reason] && !saysInTheWay(failed.Status.Code, message) {
		return "", false
	}
	if name := operationName.FindString(message); name != "" {
		return name, true
	}
	return operationID.FindString(message), true
}

func saysInTheWay(code lro.Code, message string) bool {
	switch code {
	case lro.CodeAborted, lro.CodeFailedPrecondition, lro.CodeAlreadyExists, lro.CodeUnavailable:
	default:
		return false
	}
	if namedInTheWay.MatchString(message) {
		return true
	}
	message = strings.ToLower(message)
	for _, words := range inTheWayWords {
		if strings.Contains(message, words) {
			return true
		}
	}
	return false
}

// blocked returns the result for a call that was refused because another operation is in the way: that
// the caller is to await it and to try again. It reports false for any other error.
func (a *attempt[R]) blocked(ctx context.Context, err error) (StartOutput, bool) {
	operation, blocked := inTheWay(err)
	if !blocked {
		return StartOutput{}, false
	}
	again := &StartAgain{Known: a.known, Error: statusOf(err), Blocker: lro.Ref{Service: a.starter.Service, Name: operation}}
	if again.Blocker.Validate() == nil {
		return StartOutput{Again: again}, true
	}
	again.Blocker = lro.Ref{}
	if a.starter.InTheWay != nil {
		// What cannot be read now names no blocker. The call is then tried again later.
		again.Blocker, _ = withinBudget(ctx, a.requests(a.starter.SelfPaced), func(ctx context.Context) (lro.Ref, error) {
			return a.starter.InTheWay(ctx, a.want, operation)
		})
	}
	return StartOutput{Again: again}, true
}
