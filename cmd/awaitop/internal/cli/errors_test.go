package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	operations "github.com/awaitop/awaitop/services/grpc"
	"github.com/awaitop/awaitop/services/rest"
)

// Missing credentials read alike, whatever the transport. The advice is for the command line, not for Go code.
func TestMissingCredentials(t *testing.T) {
	t.Parallel()
	why := errors.New("no file")
	tests := map[string]struct {
		reason string
		err    error
	}{
		"HTTP":    {"most services", &rest.CredentialsError{Err: why}},
		"gRPC":    {"transport: grpc", &operations.CredentialsError{Err: why}},
		"wrapped": {"as a worker returns it", fmt.Errorf("start: %w", &operations.CredentialsError{Err: why})},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := text(tt.err); got != "no usable credentials: no file" {
				t.Errorf("%s: %q", tt.reason, got)
			}
			if got := hint(tt.err); !strings.Contains(got, "gcloud auth application-default login") {
				t.Errorf("%s: the hint is %q", tt.reason, got)
			}
		})
	}
}
