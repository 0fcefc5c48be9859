// Runs before the page is drawn: says that scripts work, so that CSS may fold the navigation away on a small screen.
document.documentElement.classList.add("scripted");
