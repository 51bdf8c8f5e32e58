"""What all pages share: tokens, base templates, components, browser modules, gallery.

Not here: any page of a channel, any rule of the hall.
"""
