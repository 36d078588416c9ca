package requests

import (
	"fmt"

	"github.com/awaitop/awaitop/lro"
)

// Unimplemented is the error for a request that is not sent, because the service has no such method
// for a resource.
func Unimplemented(method, service, name string) error {
	text := fmt.Sprintf("%s has no %s for %s", service, method, name)
	return &lro.Error{Method: method, Status: lro.Status{Code: lro.CodeUnimplemented, Message: text}, Unsent: true}
}
