package waitlist

import (
	"fmt"
	"strings"
)

// Summary counts the rows by what they want of a person, the most urgent first.
func Summary(rows []Row) (text string, style Style) {
	counts := map[Tone]int{}
	for i, row := range rows {
		if !heads(rows, i) || row.Trouble != "" {
			counts[row.Tone]++
		}
	}
	var parts []string
	for _, word := range []struct {
		tone     Tone
		one, all string
	}{
		{Stuck, "undo is stuck", "undos are stuck"},
		{Trouble, "in trouble", "in trouble"},
		{Busy, "being undone or canceled", "being undone or canceled"},
		{Running, "running", "running"},
	} {
		switch n := counts[word.tone]; n {
		case 0:
		case 1:
			parts = append(parts, "1 "+word.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n, word.all))
		}
	}
	if ended := counts[Failed] + counts[Ended]; ended > 0 {
		parts = append(parts, fmt.Sprintf("%d ended", ended))
	}
	switch {
	case len(parts) == 0:
		return "no waits", Plain
	case counts[Stuck] > 0:
		style = Worst
	case counts[Trouble] > 0:
		style = Bad
	}
	return strings.Join(parts, ", "), style
}
