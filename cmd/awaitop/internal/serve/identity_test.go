package serve

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"
)

// Two containers with one process id and one host name have identities of their own.
func TestIdentity(t *testing.T) {
	t.Parallel()
	identities := map[string]bool{}
	for range 3 {
		var options client.Options
		(&running{polls: newPolls()}).configure(&options)
		identities[options.Identity] = true
		if prefix := fmt.Sprintf("%d@", os.Getpid()); !strings.HasPrefix(options.Identity, prefix) {
			t.Errorf("%q does not begin with %q", options.Identity, prefix)
		}
	}
	if len(identities) != 3 {
		t.Errorf("three clients have the identities %v", identities)
	}
	options := client.Options{Identity: "mine"}
	if (&running{polls: newPolls()}).configure(&options); options.Identity != "mine" {
		t.Errorf("%q, want what was set before", options.Identity)
	}
}
