package workflows

import (
	"strings"
	"time"
	"unicode/utf8"

	"go.temporal.io/sdk/workflow"

	"github.com/awaitop/awaitop/lro"
)

// maxSummary bounds what the Web UI shows beside a workflow or an activity, in
// bytes: half of the server's limit of 400.
const maxSummary = 200

// summary is the text, shortened to maxSummary.
func summary(text string) string {
	if len(text) <= maxSummary {
		return text
	}
	n := maxSummary - len("...")
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "..."
}

// summaryOf names an action and its operation. It keeps the end of a long name, which tells
// most.
func summaryOf(verb string, ref lro.Ref) string {
	text := verb + " " + ref.Name
	if len(text) <= maxSummary {
		return text
	}
	return verb + " ..." + tail(ref.Name, maxSummary-len(verb)-len(" ..."))
}

// summary names an action on the wait's operation: by the step that has started it, because the
// operation's own name tells little, or else by that name.
func (in *AwaitInput) summary(verb string) string {
	if in.step != "" {
		return summary(verb + " " + in.step)
	}
	return summaryOf(verb, in.Ref)
}

// sleep is workflow.Sleep, with a summary.
func sleep(ctx workflow.Context, d time.Duration, why string) error {
	return workflow.NewTimerWithOptions(ctx, d, workflow.TimerOptions{Summary: summary(why)}).Get(ctx, nil)
}

// tail is the end of text, of at most n bytes.
func tail(text string, n int) string {
	return strings.ToValidUTF8(text[len(text)-n:], "")
}
