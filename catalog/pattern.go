package catalog

import "strings"

// encodedSlash stands for a slash inside of one segment, as in IAM's names of policies. A server or
// proxy that decodes it sees other segments, so it matches only where a pattern has it.
const encodedSlash = "%2F"

// Match reports whether a name has the form of a pattern. Their segments match: "*" is any one, "**"
// one or more, "*%2F*" any one with encoded slashes in it.
func Match(pattern, name string) bool {
	for {
		want, morePattern, patternGoesOn := strings.Cut(pattern, "/")
		if want == "**" {
			return matchMany(morePattern, patternGoesOn, name)
		}
		segment, moreName, nameGoesOn := strings.Cut(name, "/")
		if !MatchSegment(want, segment) || patternGoesOn != nameGoesOn {
			return false
		}
		if !patternGoesOn {
			return true
		}
		pattern, name = morePattern, moreName
	}
}

// matchMany matches what stands from a "**" on.
func matchMany(after string, more bool, name string) bool {
	if !more {
		return name != "" && !strings.Contains(name, "%")
	}
	for i := 1; i < len(name); i++ {
		if name[i] == '/' && !strings.Contains(name[:i], "%") && Match(after, name[i+1:]) {
			return true
		}
	}
	return false
}

// MatchSegment reports whether one segment of a name has the form of one of a pattern.
func MatchSegment(want, segment string) bool {
	switch want {
	case "*":
		return segment != "" && !strings.Contains(segment, "%")
	case "*" + encodedSlash + "*":
		return segment != ""
	default:
		return segment == want
	}
}
