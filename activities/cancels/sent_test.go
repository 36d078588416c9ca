package cancels_test

import (
	"encoding/json"
	"testing"

	"github.com/awaitop/awaitop/activities/cancels"
)

// A text of another release says that the cancel may have been accepted.
func TestSentText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]cancels.Sent{
		`""`: cancels.SentNone, `"refused"`: cancels.SentRefused, `"failed"`: cancels.SentFailed, `"unanswered"`: cancels.SentUnanswered, `"accepted"`: cancels.SentAccepted,
		`"of another release"`: cancels.SentUnanswered,
	} {
		var got cancels.Sent
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s reads as %q (%v)", text, got, err)
		}
		if again, err := json.Marshal(want); err != nil || text != `"of another release"` && string(again) != text {
			t.Errorf("%q is written as %s (%v), want %s", want, again, err, text)
		}
	}
}
