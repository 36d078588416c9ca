package serve

import (
	"fmt"
	"math/rand/v2"
	"os"
)

// uniqueIdentity is the Temporal SDK's default identity, and a random number. Containers may share a process id and a
// host name, and the totals of budgets are divided by the number of identities.
func uniqueIdentity() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%d@%s@%08x", os.Getpid(), host, rand.Uint32())
}
