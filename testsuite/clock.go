package testsuite

import (
	"github.com/awaitop/awaitop/poller"
)

// Clock is what a [Service] reads the time from and waits on. Give the same one
// to the poll activity: then both agree on what has passed, and no test has to
// wait for it.
type Clock = poller.Clock

// SystemClock returns the clock of the machine: the default of a [Service].
func SystemClock() Clock { return poller.SystemClock() }
