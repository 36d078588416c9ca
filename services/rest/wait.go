package rest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// waitMargin is how much longer than its timeout a wait may take: for the token, the way and the reply.
const waitMargin = 10 * time.Second

// waitOperation has no standard request line, because most services do not have the method.
var waitOperation = operationMethod{name: "WaitOperation", line: (*catalog.Collection).Wait}

// Waits reports whether the catalog has a WaitOperation for the operation and its [Service] does not
// say WithoutWait.
func (c *Client) Waits(ref lro.Ref) bool {
	service, registered := c.registry.services[ref.Service]
	if !registered || service.unwaited {
		return false
	}
	_, err := c.registry.operation(ref, waitOperation)
	return err == nil
}

// WaitOperation is a GetOperation that the service answers once the operation has ended or the timeout
// is over, or earlier. Compute Engine takes no timeout, and answers within 2 minutes. It is one try,
// bounded by the timeout and 10 s more, in place of RequestTimeout. The timeout is more than 0 and at
// most [lro.MaxWaitTimeout]. For an operation that [Client.Waits] refuses, the error is UNIMPLEMENTED
// and nothing is sent.
func (c *Client) WaitOperation(ctx context.Context, ref lro.Ref, timeout time.Duration) (lro.Operation, error) {
	if timeout <= 0 || timeout > lro.MaxWaitTimeout {
		return lro.Operation{}, &lro.InvalidError{Field: "timeout", Value: timeout.String(), Want: "more than 0 and at most " + lro.MaxWaitTimeout.String()}
	}
	to, err := c.registry.operation(ref, waitOperation)
	if err != nil {
		return lro.Operation{}, err
	}
	if !c.Waits(ref) {
		return lro.Operation{}, requests.Unimplemented(waitOperation.name, ref.Service, ref.Name)
	}
	op, err := sendOnce(ctx, c, to.wait(ref, timeout), func(r reply) (lro.Operation, error) {
		return to.decode(ref, waitOperation, r)
	})
	if err != nil && ctx.Err() != nil {
		return lro.Operation{}, ctx.Err()
	}
	return op, err
}

// wait is the request of a wait: with its timeout, where the service takes one.
func (t target) wait(ref lro.Ref, timeout time.Duration) request {
	var query url.Values
	var body []byte
	switch text := seconds(timeout); t.timeout {
	case catalog.InQuery:
		query = url.Values{"timeout": {text}}
	case catalog.InBody:
		body, _ = json.Marshal(map[string]string{"timeout": text}) // text always encodes
	default:
		timeout = lro.MaxWaitTimeout
	}
	r := t.request(waitOperation.name, resource(ref), query)
	r.body, r.within = body, timeout+waitMargin
	return r
}

// seconds is a duration as google.protobuf.Duration writes it, such as "1.5s".
func seconds(d time.Duration) string {
	text := fmt.Sprintf("%d.%09d", d/time.Second, d%time.Second)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".") + "s"
}
