package catalog

import "strings"

// nearest is the word that takes the fewest changes of a letter to reach, "" if all take more than
// limit.
func nearest(word string, among []string, limit int) string {
	best, found := limit+1, ""
	for _, other := range among {
		if d := distance(strings.ToLower(word), strings.ToLower(other), best); d < best {
			best, found = d, other
		}
	}
	return found
}

// distance counts the letters to add, remove or replace. It stops at limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for i := range row {
		row[i] = i
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		least := row[0]
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
			least = min(least, cost)
		}
		if least >= limit {
			return limit
		}
	}
	return min(row[len(b)], limit)
}
