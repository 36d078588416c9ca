package cli

// nearest is the candidate that a name may be a typo of, "" for none: the one with the fewest edits, if they are few.
func nearest(name string, candidates []string) string {
	best, fewest := "", maxEdits(name)+1
	for _, candidate := range candidates {
		if n := edits(name, candidate); n < fewest {
			best, fewest = candidate, n
		}
	}
	return best
}

// maxEdits is how many edits a typo of a name has: more make another name of it.
func maxEdits(name string) int {
	if len(name) < 5 {
		return 1
	}
	return 2
}

// edits is the Levenshtein distance of two names: how many bytes are to be inserted, deleted or replaced.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
