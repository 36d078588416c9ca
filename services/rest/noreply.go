package rest

import (
	"errors"
	"fmt"
	"net"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// noReply is the error for a request without a reply. sent says whether it passed authentication.
func (c *Client) noReply(method string, err error, sent bool) *lro.Error {
	if !sent {
		return &lro.Error{Method: method, Cause: err, NoStatus: true, Unsent: true, Status: requests.TokenStatus(err)}
	}
	return &lro.Error{Method: method, Cause: err, NoStatus: true, Unsent: !connected(err), Status: requests.LostStatus("no reply", err)}
}

// connected reports whether there may have been a connection to the service.
func connected(err error) bool {
	var failed *net.OpError
	return !errors.As(err, &failed) || failed.Op != "dial"
}

// unreadable is the error for a success whose body could not be read to its end.
func (c *Client) unreadable(method string, code int, err error) *lro.Error {
	failed := &lro.Error{Method: method, HTTP: code, Cause: err, NoStatus: true}
	failed.Status = requests.LostStatus("the reply was cut off", err)
	if errors.Is(err, errTooLarge) { // the next one would be too large, too
		failed.Status = lro.Status{Code: lro.CodeOutOfRange, Message: fmt.Sprintf("the reply is longer than the %d bytes of MaxBodySize, or half of MaxBytesInFlight", min(c.options.MaxBodySize, c.room.size))}
	}
	return failed
}
