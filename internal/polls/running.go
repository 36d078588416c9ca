package polls

import (
	"fmt"

	"github.com/awaitop/awaitop/lro"
)

// Running is a running operation's progress in words, such as "running, 40%".
func Running(p lro.Progress) string {
	status := "running"
	if p.Known {
		status += fmt.Sprintf(", %d%%", p.Percent)
	}
	if p.Statements > 0 {
		status += fmt.Sprintf(", %d of %d statements", p.Committed, p.Statements)
	}
	if p.Throttled {
		status += ", throttled"
	}
	return status
}
